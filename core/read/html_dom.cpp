#include "core/read/html_dom.hpp"

#include <fmt/format.h>

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

}  // namespace freshet::read
