#include "core/read/html_survey.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/read/html_flat.hpp"
#include "core/read/writer.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t most_metadata = 1024;  // characters a value

// Elements that hold the content of a page, by id or class, the surest first.
constexpr std::string_view content_marks[] = {"markdown-body",
                                              "theme-doc-markdown",
                                              "md-content",
                                              "rst-content",
                                              "mw-content-text",
                                              "bodyContent",
                                              "main-content",
                                              "maincontent",
                                              "main_content",
                                              "document-content",
                                              "doc-content",
                                              "docs-content",
                                              "td-content",
                                              "entry-content",
                                              "post-content",
                                              "article-content",
                                              "article-body",
                                              "page-content",
                                              "content",
                                              "main",
                                              "body",
                                              "document",
                                              "contents"};

// Words that only an id makes sure of: as classes they are everywhere.
bool only_as_id(std::string_view mark) {
  return mark == "content" || mark == "main" || mark == "document";
}

std::size_t mark_rank(const GumboNode* node) {
  std::size_t best = std::size(content_marks);
  const auto consider = [&](std::string_view word, bool is_id) {
    const auto found = std::find(std::begin(content_marks), std::end(content_marks), word);
    if (found != std::end(content_marks) && (is_id || !only_as_id(word)))
      best = std::min(best, static_cast<std::size_t>(found - std::begin(content_marks)));
    return false;
  };
  any_word(attribute(node, "class"), [&](std::string_view word) { return consider(word, false); });
  consider(attribute(node, "id"), true);
  return best;
}

bool is_ancestor(const GumboNode* ancestor, const GumboNode* node) {
  while (node != nullptr && node != ancestor) node = node->parent;
  return node != nullptr;
}

class Surveyor {
 public:
  HtmlSurvey run(const GumboNode* root) {
    if (is_element(root)) note(root);
    visit_all(root);
    found_.main = choose_main();
    if (!headings1_.empty()) found_.heading = flat_text(headings1_.front());
    if (found_.title.empty()) found_.title = og_title_;
    return std::move(found_);
  }

 private:
  struct Level {
    const GumboNode* node;
    std::size_t next;
  };

  // Without recursion, so that no page is too deep for it.
  void visit_all(const GumboNode* root) {
    std::vector<Level> open{{root, 0}};
    while (!open.empty()) {
      Level& level = open.back();
      const auto children = children_of(level.node);
      if (level.next == children.size()) {
        leave(level.node);
        open.pop_back();
        continue;
      }
      const GumboNode* child = children[level.next++];
      if (tag_of(child) == GUMBO_TAG_LAST || child->type == GUMBO_NODE_TEMPLATE) continue;
      note(child);
      open.push_back({child, 0});
    }
  }

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
        mains_.push_back(node);
        break;
      case GUMBO_TAG_ARTICLE:
        if (open_articles_++ == 0) articles_.push_back(node);
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
    if (tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_SECTION || tag == GUMBO_TAG_ARTICLE)
      note_candidate(node);
  }

  void note_candidate(const GumboNode* node) {
    if (node->v.element.attributes.length == 0) return;
    if (attribute(node, "role") == "main") mains_.push_back(node);
    const std::size_t rank = mark_rank(node);
    if (rank < best_rank_) {
      best_rank_ = rank;
      marked_ = node;
    }
  }

  void note_heading(const GumboNode* node, int level) {
    if (level == 1) headings1_.push_back(node);
    for (const GumboNode* above = node->parent; above != nullptr; above = above->parent)
      if (!found_.with_heading.insert(above).second) break;
  }

  void note_block(const GumboNode* node) {
    if (open_tables_ == 0) return;
    for (const GumboNode* above = node->parent; above != nullptr; above = above->parent)
      if (tag_of(above) == GUMBO_TAG_TABLE) {
        found_.with_blocks.insert(above);
        return;
      }
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

  const GumboNode* choose_main() const {
    if (!mains_.empty()) return narrowed(mains_.front());
    if (articles_.size() == 1) return articles_.front();
    return marked_;
  }

  // The only article of a <main> is the page proper, unless the page's heading is outside of it.
  const GumboNode* narrowed(const GumboNode* main) const {
    const GumboNode* only = nullptr;
    for (const GumboNode* article : articles_) {
      if (!is_ancestor(main, article)) continue;
      if (only != nullptr) return main;
      only = article;
    }
    if (only == nullptr) return main;
    for (const GumboNode* heading : headings1_)
      if (is_ancestor(main, heading) && !is_ancestor(only, heading)) return main;
    return only;
  }

  HtmlSurvey found_;
  std::string og_title_;
  std::vector<const GumboNode*> mains_;
  std::vector<const GumboNode*> articles_;  // those not inside another
  std::vector<const GumboNode*> headings1_;
  const GumboNode* marked_ = nullptr;
  std::size_t best_rank_ = std::size(content_marks);
  int open_articles_ = 0;
  int open_tables_ = 0;
};

}  // namespace

HtmlSurvey survey(const GumboNode* root) { return Surveyor().run(root); }

}  // namespace freshet::read
