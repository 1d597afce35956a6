// core/read/html_dom.hpp - a parsed page, and small questions about its nodes.
#pragma once

#include <gumbo.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/read/arena.hpp"

namespace freshet::read {

// The tree borrows the text it was parsed from. Everything goes at once with it.
class HtmlTree {
 public:
  // At most 32 MiB, 512 levels (what is deeper becomes siblings), a time in proportion
  // to the size, and the memory of `memory`: beyond that Code::limit.
  static base::Result<std::unique_ptr<HtmlTree>> parse(std::string_view html,
                                                       const std::string& uri, Share& memory);

  const GumboNode* root() const { return output_->root; }

 private:
  HtmlTree(std::string_view html, Share& memory);

  std::string storage_;
  std::string_view html_;
  Arena arena_;
  GumboOutput* output_ = nullptr;
};

inline bool is_element(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
}

inline bool is_text(const GumboNode* node) {
  return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA ||
         node->type == GUMBO_NODE_WHITESPACE;
}

// The tag of an HTML element; GUMBO_TAG_LAST for text, comments, SVG and MathML.
inline GumboTag tag_of(const GumboNode* node) {
  return is_element(node) && node->v.element.tag_namespace == GUMBO_NAMESPACE_HTML
             ? node->v.element.tag
             : GUMBO_TAG_LAST;
}

inline std::span<GumboNode* const> children_of(const GumboNode* node) {
  if (!is_element(node)) return {};
  const GumboVector& children = node->v.element.children;
  return {reinterpret_cast<GumboNode* const*>(children.data), children.length};
}

inline std::span<GumboAttribute* const> attributes_of(const GumboNode* node) {
  const GumboVector& attributes = node->v.element.attributes;
  return {reinterpret_cast<GumboAttribute* const*>(attributes.data), attributes.length};
}

// 1 to 6, or 0.
inline int heading_level(const GumboNode* node) {
  const GumboTag tag = tag_of(node);
  return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6
             ? static_cast<int>(tag) - static_cast<int>(GUMBO_TAG_H1) + 1
             : 0;
}

// Empty where there is none. `node` is an element.
std::string_view attribute(const GumboNode* node, const char* name);

// Calls `visit` with each word of `words` until it returns true; whether it did.
template <typename Visit>
bool any_word(std::string_view words, const Visit& visit) {
  std::size_t at = 0;
  while (at < words.size()) {
    const std::size_t begin = words.find_first_not_of(" \t\r\n\f", at);
    if (begin == std::string_view::npos) return false;
    at = std::min(words.find_first_of(" \t\r\n\f", begin), words.size());
    if (visit(words.substr(begin, at - begin))) return true;
  }
  return false;
}

// Calls `enter` with each element below `root`, in order and without recursion; where it returns
// false, what is below that one is passed over. `leave` is called after what is below it.
template <typename Enter, typename Leave>
void walk_elements(const GumboNode* root, const Enter& enter, const Leave& leave) {
  struct Level {
    GumboNode* node;
    std::size_t next;
  };
  std::vector<Level> open{{const_cast<GumboNode*>(root), 0}};
  while (!open.empty()) {
    Level& level = open.back();
    const auto children = children_of(level.node);
    if (level.next == children.size()) {
      leave(level.node);
      open.pop_back();
      continue;
    }
    GumboNode* child = children[level.next++];
    if (is_element(child) && enter(child)) open.push_back({child, 0});
  }
}

template <typename Enter>
void each_element(const GumboNode* root, const Enter& enter) {
  walk_elements(root, enter, [](GumboNode*) {});
}

// Whether `visit` says so of one of the first `most` elements below `root`. A question about a box
// that any of its boxes may ask again has to have an end.
template <typename Visit>
bool any_element(const GumboNode* root, const Visit& visit, int most = 500) {
  std::vector<const GumboNode*> open{root};
  while (!open.empty() && most > 0) {
    const GumboNode* node = open.back();
    open.pop_back();
    if (node != root && (--most, visit(node))) return true;
    const auto children = children_of(node);
    for (std::size_t i = std::min<std::size_t>(children.size(), 500); i-- > 0;)
      if (is_element(children[i])) open.push_back(children[i]);
  }
  return false;
}

// The first text below `node`, blanks and all, up to about `most` bytes.
std::string front_text(const GumboNode* node, std::size_t most);

// The element before or after `node` with nothing but white space between; or null.
const GumboNode* element_before(const GumboNode* node);
const GumboNode* element_after(const GumboNode* node);

bool is_blank_text(const char* text);

// Whether the tag begins a block of its own.
bool is_block(GumboTag tag);

// A tag that HTML does not know: <my-box>.
bool is_custom(const GumboNode* node);

// Whether one of the words of the class attribute has one of `parts` in it.
bool class_has_part(const GumboNode* node, std::initializer_list<std::string_view> parts);

bool has_class(const GumboNode* node, std::string_view name);

}  // namespace freshet::read
