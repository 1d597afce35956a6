// core/read/html.hpp - an HTML page to a document.
//
// The main content without the site around it; headings become sections, whose URL bears the
// heading's anchor. Text is plain: paragraphs apart by a blank line, code in ``` fences, tables as
// Markdown tables, lists with "- " or "1. ", a definition as its term's line and then its text.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/model/document.hpp"
#include "core/read/memory.hpp"

namespace freshet::read {

struct HtmlOptions {
  bool main_only = true;  // false: the whole body, but for what is hidden
  bool formatting =
      false;  // true: bold, emphasis and code within running text keep Markdown's marks
};

// `html` is valid UTF-8. Fails with Code::limit (size, time, memory), or Code::parse where a page
// that is not empty has no text at all.
base::Result<model::Document> read_html(std::string_view html, const std::string& uri,
                                        const HtmlOptions& options, Share& memory);

// The text of HTML that stands within another document.
base::Result<std::string> html_text(std::string_view html, const std::string& uri, Share& memory);

}  // namespace freshet::read
