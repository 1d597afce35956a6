// core/read/markdown_tree.hpp - a Markdown text parsed by cmark, within a budget.
#pragma once

#include <cmark-gfm.h>

#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/read/arena.hpp"

namespace freshet::read {

// cmark finds its memory through the thread, so a tree is made, read and dropped on one thread, and
// one at a time there.
class MarkdownTree {
 public:
  static base::Result<std::unique_ptr<MarkdownTree>> parse(std::string_view text,
                                                           const std::string& uri, Share& memory);
  ~MarkdownTree();

  cmark_node* root() const { return root_; }

 private:
  MarkdownTree(std::size_t size, Share& memory);

  Arena arena_;
  cmark_node* root_ = nullptr;
};

}  // namespace freshet::read
