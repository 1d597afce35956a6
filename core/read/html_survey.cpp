#include "core/read/html_survey.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/read/html_flat.hpp"
#include "core/read/html_main.hpp"
#include "core/read/html_side.hpp"
#include "core/read/writer.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t most_metadata = 1024;  // characters a value

class Surveyor {
 public:
  HtmlSurvey run(const GumboNode* root) {
    if (is_element(root)) note(root);
    walk_elements(
        root,
        [&](const GumboNode* node) {
          if (tag_of(node) == GUMBO_TAG_LAST || node->type == GUMBO_NODE_TEMPLATE) return false;
          note(node);
          return true;
        },
        [&](const GumboNode* node) { leave(node); });
    const GumboNode* top = found_.body != nullptr ? found_.body : root;
    found_.weights = Weights(top);
    found_.tabs = find_tabs(top, groups_);
    found_.main = main_content(top, hints_, found_.weights);
    found_.side = side_boxes(found_.main != nullptr ? found_.main : top, found_.weights);
    if (!hints_.headings.empty()) found_.heading = flat_text(hints_.headings.front());
    if (found_.title.empty()) found_.title = og_title_;
    return std::move(found_);
  }

 private:
  void leave(const GumboNode* node) {
    open_articles_ -= tag_of(node) == GUMBO_TAG_ARTICLE;
    open_tables_ -= tag_of(node) == GUMBO_TAG_TABLE;
  }

  void note(const GumboNode* node) {
    const GumboTag tag = tag_of(node);
    if (const int level = heading_level(node); level > 0) note_heading(node, level);
    switch (tag) {
      case GUMBO_TAG_HTML:
        keep("language", attribute(node, "lang"));
        break;
      case GUMBO_TAG_BODY:
        found_.body = node;
        break;
      case GUMBO_TAG_TITLE:
        if (found_.title.empty()) found_.title = flat_text(node);
        break;
      case GUMBO_TAG_META:
        note_meta(node);
        break;
      case GUMBO_TAG_MAIN:
        hints_.mains.push_back(node);
        break;
      case GUMBO_TAG_ARTICLE:
        if (open_articles_++ == 0) hints_.articles.push_back(node);
        break;
      case GUMBO_TAG_TABLE:
        note_block(node);
        ++open_tables_;
        break;
      case GUMBO_TAG_PRE:
        note_block(node);
        break;
      default:
        break;
    }
    if (tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_SECTION || tag == GUMBO_TAG_ARTICLE ||
        tag == GUMBO_TAG_UL)
      note_candidate(node);
  }

  void note_candidate(const GumboNode* node) {
    if (node->v.element.attributes.length == 0) return;
    if (attribute(node, "role") == "main") hints_.mains.push_back(node);
    note_mark(node, hints_);
    if (is_tab_group(node)) groups_.push_back(node);
  }

  void note_heading(const GumboNode* node, int level) {
    if (level == 1) hints_.headings.push_back(node);
    for (const GumboNode* above = node->parent; above != nullptr; above = above->parent)
      if (!found_.with_heading.insert(above).second) break;
  }

  void note_block(const GumboNode* node) {
    if (open_tables_ == 0) return;
    for (const GumboNode* above = node->parent; above != nullptr; above = above->parent)
      if (tag_of(above) == GUMBO_TAG_TABLE) {
        found_.with_blocks.insert(above);
        if (tag_of(node) == GUMBO_TAG_PRE && has_lines(node)) found_.with_lines.insert(above);
        return;
      }
  }

  static bool has_lines(const GumboNode* pre) {
    const std::string code = front_text(pre, 4096);
    const auto line = code.find('\n', code.find_first_not_of(" \t\r\n"));
    return line != std::string::npos &&
           code.find_first_not_of(" \t\r\n", line) != std::string::npos;
  }

  void note_meta(const GumboNode* node) {
    const std::string name = base::to_lower(attribute(node, "name"));
    if (name == "description" || name == "author" || name == "keywords")
      keep(name.c_str(), attribute(node, "content"));
    const std::string_view property = attribute(node, "property");
    if (property == "og:title" && og_title_.empty())
      og_title_ = collapsed(attribute(node, "content"));
    if (property == "og:description") keep("description", attribute(node, "content"));
  }

  // The first that says something counts.
  void keep(const char* key, std::string_view value) {
    std::string text = collapsed(value);
    text.resize(base::advance_code_points(text, 0, most_metadata));
    if (!text.empty() && !found_.metadata.contains(key)) found_.metadata[key] = std::move(text);
  }

  HtmlSurvey found_;
  std::string og_title_;
  MainHints hints_;
  std::vector<const GumboNode*> groups_;
  int open_articles_ = 0;
  int open_tables_ = 0;
};

}  // namespace

HtmlSurvey survey(const GumboNode* root) { return Surveyor().run(root); }

}  // namespace freshet::read
