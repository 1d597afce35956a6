// core/read/html_table.hpp - tables of a page.
#pragma once

#include <string>

#include "core/read/html_dom.hpp"
#include "core/read/html_survey.hpp"

namespace freshet::read {

// False where a table is there for its layout only: its cells are blocks of the page.
bool is_data_table(const GumboNode* table, const HtmlSurvey& survey);

// Rows as a Markdown table, the first of them the header; "" where no cell has a text.
std::string table_text(const GumboNode* table);

}  // namespace freshet::read
