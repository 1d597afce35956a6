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
// body. `formatting`: as HtmlOptions has it.
void render_html(const GumboNode* root, const HtmlSurvey& survey, Keep keep, bool inside,
                 bool formatting, const std::string& uri, Outline& outline);

// What is below `root` as one text; headings are paragraphs of it.
std::string block_text(const GumboNode* root, const HtmlSurvey& survey);

}  // namespace freshet::read
