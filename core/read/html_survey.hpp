// core/read/html_survey.hpp - a first look over a page: what it says of itself, and where its main
// content is.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "core/model/document.hpp"
#include "core/read/html_dom.hpp"
#include "core/read/html_tabs.hpp"
#include "core/read/html_weight.hpp"

namespace freshet::read {

struct HtmlSurvey {
  std::string title;                             // of <title>, else og:title
  std::string heading;                           // the first <h1>
  model::Json metadata = model::Json::object();  // description, author, keywords, language
  const GumboNode* body = nullptr;
  // The main content, see html_main.hpp; null where only the body is left.
  const GumboNode* main = nullptr;
  Weights weights;
  std::unordered_set<const GumboNode*>
      side;  // boxes within the main content, or the body, see html_side.hpp
  Tabs tabs;
  std::unordered_set<const GumboNode*> with_heading;  // elements that have an h1…h6 below them
  std::unordered_set<const GumboNode*> with_blocks;   // tables that have code or a table in them
  std::unordered_set<const GumboNode*> with_lines;    // tables whose code has several lines
};

HtmlSurvey survey(const GumboNode* root);

}  // namespace freshet::read
