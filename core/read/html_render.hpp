// core/read/html_render.hpp - elements to the text of sections.
#pragma once

#include <string>

#include "core/read/html_boilerplate.hpp"
#include "core/read/html_dom.hpp"
#include "core/read/html_survey.hpp"
#include "core/read/outline.hpp"
#include "core/read/writer.hpp"

namespace freshet::read {

// Writes what is below `root` into `outline`. `inside`: root is the main content, not the whole
// body.
void render_html(const GumboNode* root, const HtmlSurvey& survey, Keep keep, bool inside,
                 const std::string& uri, Outline& outline);

// What is below `root` as one text; headings are paragraphs of it.
std::string block_text(const GumboNode* root, const HtmlSurvey& survey);

// What is below `node` as one line.
std::string flat_text(const GumboNode* node);

// The same, into a writer: for what stands in one line whatever it is made of.
void flatten(const GumboNode* node, Writer& writer);

// The text of <pre>, as it stands.
std::string verbatim_text(const GumboNode* pre);

// "python3" where a class of the block, its code element or the boxes around it says so.
std::string code_language(const GumboNode* pre);

// The code within a fence that is longer than any in it.
std::string fenced(std::string_view code, std::string_view language);

// False where a table is there for its layout only: its cells are blocks of the page.
bool is_data_table(const GumboNode* table, const HtmlSurvey& survey);

// Rows as a Markdown table, the first of them the header; "" where no cell has a text.
std::string table_text(const GumboNode* table);

// TeX, or the text alternative, of an equation.
std::string math_text(const GumboNode* math);

// The alternative text of an image, unless it is only its file name.
std::string_view image_text(const GumboNode* image);

// Whether the tag begins a block of its own.
bool is_block(GumboTag tag);

}  // namespace freshet::read
