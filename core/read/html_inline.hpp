// core/read/html_inline.hpp - what an element within a line means, as marks in plain text.
#pragma once

#include <string>

#include "core/read/html_dom.hpp"
#include "core/read/writer.hpp"

namespace freshet::read {

// What stands before and behind the element's text: "10^6" of <sup>, "[1]" of a note's number,
// "(かん)" of a ruby's reading, "Ctrl+C" of two keys.
struct InlineMarks {
  std::string before;
  std::string behind;
  bool apart = false;  // a blank on both sides: labels, elements that HTML does not know
};

InlineMarks inline_marks(const GumboNode* element);

// "**" of bold, "*" of emphasis, "`" of code; none where they would not stand right at words of one line.
InlineMarks formatting_marks(const GumboNode* element);

// The address that a page has written so that robots do not find it; empty for any other element.
std::string hidden_address(const GumboNode* element);

// "[x] " or "[ ] " where a list item begins with a box to tick; else empty.
std::string check_box(const GumboNode* item);

// The TeX of <script type="math/tex">; empty for any other element.
std::string tex_of_script(const GumboNode* element);

}  // namespace freshet::read
