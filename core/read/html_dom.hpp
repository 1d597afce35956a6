// core/read/html_dom.hpp - a parsed page, and small questions about its nodes.
#pragma once

#include <gumbo.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

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

// Whether the tag begins a block of its own.
bool is_block(GumboTag tag);

bool has_class(const GumboNode* node, std::string_view name);

}  // namespace freshet::read
