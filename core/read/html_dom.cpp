#include "core/read/html_dom.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/read/html_depth.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t most_html_bytes = 32u << 20;

struct HtmlParse {
  Arena* arena;
  std::string_view html;
  GumboOutput* output;
};

void* allocate(void* arena, std::size_t size) { return static_cast<Arena*>(arena)->allocate(size); }
void release(void* arena, void* block) { static_cast<Arena*>(arena)->release(block); }

void parse_page(void* context) {
  auto* parse = static_cast<HtmlParse*>(context);
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = allocate;
  options.deallocator = release;
  options.userdata = parse->arena;
  options.max_errors = 0;
  parse->output = gumbo_parse_with_options(&options, parse->html.data(), parse->html.size());
}

}  // namespace

HtmlTree::HtmlTree(std::string_view html, Share& memory)
    : html_(cap_depth(html, storage_)), arena_(cpu_budget_ms(html.size()), memory) {}

base::Result<std::unique_ptr<HtmlTree>> HtmlTree::parse(std::string_view html,
                                                        const std::string& uri, Share& memory) {
  if (html.size() > most_html_bytes)
    return base::fail(
        base::Code::limit,
        fmt::format("HTML of {} bytes, more than {} MiB", html.size(), most_html_bytes >> 20), uri);
  std::unique_ptr<HtmlTree> tree(new HtmlTree(html, memory));
  HtmlParse parse{&tree->arena_, tree->html_, nullptr};
  FRESHET_TRY(tree->arena_.run(parse_page, &parse, uri));
  tree->output_ = parse.output;
  return tree;
}

std::string_view attribute(const GumboNode* node, const char* name) {
  const GumboAttribute* found = gumbo_get_attribute(&node->v.element.attributes, name);
  return found == nullptr ? std::string_view() : std::string_view(found->value);
}

bool has_class(const GumboNode* node, std::string_view name) {
  return any_word(attribute(node, "class"), [&](std::string_view word) { return word == name; });
}

bool class_has_part(const GumboNode* node, std::initializer_list<std::string_view> parts) {
  const std::string_view classes = attribute(node, "class");
  if (classes.empty()) return false;
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return classes.find(part) != std::string_view::npos;
  });
}

bool is_blank_text(const char* text) {
  while (*text == ' ' || *text == '\n' || *text == '\t' || *text == '\r' || *text == '\f') ++text;
  return *text == '\0';
}

std::string front_text(const GumboNode* node, std::size_t most) {
  std::string text;
  const auto add = [&](const GumboNode* box) {
    for (const GumboNode* child : children_of(box))
      if (is_text(child) && text.size() < most) text += child->v.text.text;
    return text.size() >= most;
  };
  if (!add(node)) any_element(node, add);
  return text;
}

const GumboNode* element_before(const GumboNode* node) {
  if (node->parent == nullptr) return nullptr;
  const auto siblings = children_of(node->parent);
  for (std::size_t i = node->index_within_parent; i-- > 0 && i < siblings.size();) {
    if (is_element(siblings[i])) return siblings[i];
    if (is_text(siblings[i]) && !is_blank_text(siblings[i]->v.text.text)) return nullptr;
  }
  return nullptr;
}

const GumboNode* element_after(const GumboNode* node) {
  if (node->parent == nullptr) return nullptr;
  const auto siblings = children_of(node->parent);
  for (std::size_t i = node->index_within_parent + 1; i < siblings.size(); ++i) {
    if (is_element(siblings[i])) return siblings[i];
    if (is_text(siblings[i]) && !is_blank_text(siblings[i]->v.text.text)) return nullptr;
  }
  return nullptr;
}

bool is_custom(const GumboNode* node) { return tag_of(node) == GUMBO_TAG_UNKNOWN; }

bool is_block(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_DIR:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_HGROUP:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_LEGEND:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_P:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_UL:
      return true;
    default:
      return false;
  }
}

}  // namespace freshet::read
