// core/read/markdown.hpp - a Markdown text to a document.
//
// CommonMark with tables and task lists. Headings (ATX and setext, never those in a fence or a
// list) become sections, whose URL bears GitHub's anchor. Fences and tables stay Markdown; links
// and images are their text; raw HTML is stripped to its text; ~~ and bare URLs stay as they stand.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/model/document.hpp"
#include "core/read/memory.hpp"

namespace freshet::read {

// `text` is valid UTF-8. Fails with Code::limit above 16 MiB, or where it takes too long, or
// too much memory, to parse.
base::Result<model::Document> read_markdown(std::string_view text, const std::string& uri,
                                            Share& memory);

}  // namespace freshet::read
