#include "core/read/markdown_tree.hpp"

#include <cmark-gfm-core-extensions.h>

#include <cstring>
#include <mutex>

namespace freshet::read {
namespace {

constexpr std::size_t header =
    16;  // the block's size before it: cmark resizes without telling the old one

thread_local Arena* arena = nullptr;

void* with_size(void* block, std::size_t size) {
  std::memcpy(block, &size, sizeof size);
  return static_cast<char*>(block) + header;
}

void* allocate(std::size_t count, std::size_t size) {
  return with_size(arena->allocate_zeroed(count * size + header), count * size);
}

void* resize(void* old, std::size_t size) {
  if (old == nullptr) return allocate(1, size);
  std::size_t old_size = 0;
  std::memcpy(&old_size, static_cast<char*>(old) - header, sizeof old_size);
  if (size <= old_size) return old;
  void* block = with_size(arena->allocate(size + header), size);
  std::memcpy(block, old, old_size);
  arena->release(static_cast<char*>(old) - header);
  return block;
}

void release(void* block) {
  if (block != nullptr) arena->release(static_cast<char*>(block) - header);
}

cmark_mem cmark_memory = {allocate, resize, release};

struct MarkdownParse {
  std::string_view text;
  cmark_syntax_extension* extensions[2];
  cmark_node* root;
};

void parse_text(void* context) {
  auto* parse = static_cast<MarkdownParse*>(context);
  cmark_parser* parser = cmark_parser_new_with_mem(CMARK_OPT_DEFAULT, &cmark_memory);
  for (cmark_syntax_extension* extension : parse->extensions)
    if (extension != nullptr) cmark_parser_attach_syntax_extension(parser, extension);
  cmark_parser_feed(parser, parse->text.data(), parse->text.size());
  parse->root = cmark_parser_finish(parser);
}

}  // namespace

MarkdownTree::MarkdownTree(std::size_t size, Share& memory) : arena_(cpu_budget_ms(size), memory) {
  arena = &arena_;
}

MarkdownTree::~MarkdownTree() { arena = nullptr; }

// Strikethrough and autolink are not attached: while they parse, cmark changes tables that all its
// parsers of the process share, and their text is the same without them. Autolink is quadratic,
// too.
base::Result<std::unique_ptr<MarkdownTree>> MarkdownTree::parse(std::string_view text,
                                                                const std::string& uri,
                                                                Share& memory) {
  static std::once_flag registered;
  std::call_once(registered, cmark_gfm_core_extensions_ensure_registered);
  MarkdownParse parse{
      text,
      {cmark_find_syntax_extension("table"), cmark_find_syntax_extension("tasklist")},
      nullptr};
  std::unique_ptr<MarkdownTree> tree(new MarkdownTree(text.size(), memory));
  FRESHET_TRY(tree->arena_.run(parse_text, &parse, uri));
  tree->root_ = parse.root;
  return tree;
}

}  // namespace freshet::read
