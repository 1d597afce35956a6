#include "core/read/html.hpp"

#include "core/base/text.hpp"
#include "core/read/html_dom.hpp"
#include "core/read/html_render.hpp"
#include "core/read/html_reveal.hpp"
#include "core/read/html_survey.hpp"
#include "core/read/names.hpp"
#include "core/read/outline.hpp"

namespace freshet::read {
namespace {

Outline render(const HtmlSurvey& page, const GumboNode* root, Keep keep, const std::string& uri,
               const HtmlOptions& options) {
  Outline outline(uri);
  render_html(root, page, keep, root != page.body, options.formatting, uri, outline);
  return outline;
}

// The main content; where that is empty, the body; where what was left out is all there is, that
// too.
Outline content_of(const HtmlSurvey& page, const GumboNode* root, const std::string& uri,
                   const HtmlOptions& options) {
  const GumboNode* body = page.body != nullptr ? page.body : root;
  if (options.main_only) {
    if (page.main != nullptr)
      if (Outline main = render(page, page.main, Keep::main, uri, options); !main.blank())
        return main;
    if (Outline rest = render(page, body, Keep::main, uri, options); !rest.blank()) return rest;
  }
  return render(page, body, Keep::visible, uri, options);
}

std::string title_of(const HtmlSurvey& page, const std::string& uri) {
  if (!page.title.empty()) return page.title;
  if (!page.heading.empty()) return page.heading;
  const std::string name = last_segment(uri);
  return name.empty() ? "Document" : name;
}

}  // namespace

base::Result<model::Document> read_html(std::string_view html, const std::string& uri,
                                        const HtmlOptions& options, Share& memory) {
  FRESHET_ASSIGN(const auto tree, HtmlTree::parse(html, uri, memory));
  reveal(tree->root());
  HtmlSurvey page = survey(tree->root());
  Outline content = content_of(page, tree->root(), uri, options);
  if (content.blank() && !html.empty())
    return base::fail(base::Code::parse, "no text in the page", uri);
  model::Document document;
  document.title = title_of(page, uri);
  document.title_guessed = page.title.empty() && page.heading.empty();
  document.metadata = std::move(page.metadata);
  document.children = content.finish();
  return document;
}

base::Result<std::string> html_text(std::string_view html, const std::string& uri, Share& memory) {
  FRESHET_ASSIGN(const auto tree, HtmlTree::parse(html, uri, memory));
  const HtmlSurvey page = survey(tree->root());
  return block_text(page.body != nullptr ? page.body : tree->root(), page);
}

}  // namespace freshet::read
