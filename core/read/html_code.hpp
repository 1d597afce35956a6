// core/read/html_code.hpp - the code of a page: its lines as they are shown, without their numbers.
#pragma once

#include <string>
#include <string_view>

#include "core/read/html_dom.hpp"

namespace freshet::read {

// The text of <pre>, as it stands; elements that are a line each begin one.
std::string verbatim_text(const GumboNode* pre);

// A box that shows code without a <pre>: each of its elements is a line.
bool is_code_box(const GumboNode* box);

// The name of the language that a code bears above it: <span class="lang">sh</span><pre>.
bool is_language_label(const GumboNode* node);

// "python3" where a class of the block, its code element or the boxes around it says so.
std::string code_language(const GumboNode* pre);

// The code within a fence that is longer than any in it.
std::string fenced(std::string_view code, std::string_view language);

// A cell with the numbers of the lines that stand in the cell after it.
bool is_number_cell(const GumboNode* cell);

// A table that is there to show code: one column has the numbers of its lines, or only lines are in it.
bool is_code_table(const GumboNode* table);

// The code of such a table where no <pre> is in it; else empty.
std::string code_of_table(const GumboNode* table);

}  // namespace freshet::read
