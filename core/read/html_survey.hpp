// core/read/html_survey.hpp - a first look over a page: what it says of itself, and where its main
// content is.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "core/model/document.hpp"
#include "core/read/html_dom.hpp"

namespace freshet::read {

struct HtmlSurvey {
  std::string title;                             // of <title>, else og:title
  std::string heading;                           // the first <h1>
  model::Json metadata = model::Json::object();  // description, author, keywords, language
  const GumboNode* body = nullptr;
  // The main content: <main> or role=main (or its only article), the only <article>, what is known
  // by id or class; null where only the body is left.
  const GumboNode* main = nullptr;
  std::unordered_set<const GumboNode*> with_heading;  // elements that have an h1…h6 below them
  std::unordered_set<const GumboNode*> with_blocks;   // tables that have code or a table in them
};

HtmlSurvey survey(const GumboNode* root);

}  // namespace freshet::read
