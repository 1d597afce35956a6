#include "core/read/html_main.hpp"

#include <algorithm>
#include <string_view>

namespace freshet::read {
namespace {

// A mark is believed where it bears this part of the page's running text, and a box without one
// is taken where it bears that.
constexpr double marked_share = 0.4;
constexpr double unmarked_share = 0.8;
constexpr double most_around_heading =
    1.5;  // times the running text of a box whose heading is beside it
constexpr std::uint32_t least_page = 100;  // bytes; of a shorter one, parts say nothing

// Elements that hold the content of a page, by id or class, the surest first.
constexpr std::array<std::string_view, content_mark_count> content_marks = {"markdown-body",
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
                                                                            "document"};

bool is_ancestor(const GumboNode* ancestor, const GumboNode* node) {
  while (node != nullptr && node != ancestor) node = node->parent;
  return node != nullptr;
}

const GumboNode* heaviest(const std::vector<const GumboNode*>& boxes, const Weights& weights) {
  const auto found = std::max_element(
      boxes.begin(), boxes.end(),
      [&](const auto* a, const auto* b) { return weights.of(a).running < weights.of(b).running; });
  return found == boxes.end() ? nullptr : *found;
}

// The article of a <main> that bears nearly all of it is the page proper, unless the page's heading
// is outside of it.
const GumboNode* narrowed(const GumboNode* main, const MainHints& hints, const Weights& weights) {
  std::vector<const GumboNode*> inside;
  for (const GumboNode* article : hints.articles)
    if (is_ancestor(main, article)) inside.push_back(article);
  const GumboNode* article = heaviest(inside, weights);
  if (article == nullptr) return main;
  const double part = inside.size() == 1 ? 0.5 : 0.8;
  if (weights.of(article).running < part * weights.of(main).running) return main;
  for (const GumboNode* heading : hints.headings)
    if (is_ancestor(main, heading) && !is_ancestor(article, heading)) return main;
  return article;
}

bool holds_headed_text(const GumboNode* box) {
  const auto holds = [&](auto what) { return any_element(box, what); };
  return holds([](const GumboNode* node) { return heading_level(node) > 1; }) &&
         holds([](const GumboNode* node) { return tag_of(node) == GUMBO_TAG_P; });
}

// Where the page's heading stands beside the box, with headed text of its own, as the name and the purpose of
// a command do in a manual page of asciidoc, the content is what holds both.
const GumboNode* with_heading(const GumboNode* box, const MainHints& hints,
                              const Weights& weights) {
  for (const GumboNode* heading : hints.headings)
    if (is_ancestor(box, heading)) return box;
  for (const GumboNode* heading : hints.headings) {
    const GumboNode* beside = heading;
    while (beside->parent != nullptr && !is_ancestor(beside->parent, box)) beside = beside->parent;
    const GumboNode* both = beside->parent;
    if (both == nullptr || !holds_headed_text(beside)) continue;
    if (weights.of(both).running < most_around_heading * weights.of(box).running) return both;
  }
  return box;
}

bool is_layout(const GumboNode* box) {
  const GumboTag tag = tag_of(box);
  return tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_SECTION || tag == GUMBO_TAG_ARTICLE ||
         tag == GUMBO_TAG_MAIN || tag == GUMBO_TAG_FORM || tag == GUMBO_TAG_CENTER ||
         is_custom(box);
}

bool has_own_text(const GumboNode* box) {
  const auto children = children_of(box);
  return std::any_of(children.begin(), children.end(), [](const GumboNode* child) {
    return child->type == GUMBO_NODE_TEXT && !is_blank_text(child->v.text.text);
  });
}

// Of the boxes of `box`, the one that bears nearly all of its text and all its headings; or null.
const GumboNode* only_box(const GumboNode* box, const MainHints& hints, const Weights& weights) {
  if (has_own_text(box)) return nullptr;
  for (const GumboNode* child : children_of(box)) {
    if (!is_element(child) || !is_layout(child) || weights.share(child) < unmarked_share) continue;
    if (weights.of(child).sentences * 20 < weights.of(box).sentences * 19) return nullptr;
    const bool all_headings = std::all_of(
        hints.headings.begin(), hints.headings.end(),
        [&](const auto* one) { return !is_ancestor(box, one) || is_ancestor(child, one); });
    return all_headings ? child : nullptr;
  }
  return nullptr;
}

const GumboNode* smallest_box(const GumboNode* body, const MainHints& hints,
                              const Weights& weights) {
  const GumboNode* box = body;
  while (const GumboNode* inside = only_box(box, hints, weights)) box = inside;
  return box;
}

}  // namespace

void note_mark(const GumboNode* node, MainHints& hints) {
  const auto consider = [&](std::string_view word) {
    const auto found = std::find(content_marks.begin(), content_marks.end(), word);
    if (found != content_marks.end())
      hints.marked[static_cast<std::size_t>(found - content_marks.begin())].push_back(node);
    return false;
  };
  any_word(attribute(node, "class"), consider);
  consider(attribute(node, "id"));
}

const GumboNode* main_content(const GumboNode* body, const MainHints& hints,
                              const Weights& weights) {
  const auto bears = [&](const GumboNode* box) {
    if (box == nullptr) return false;
    const bool short_page = weights.whole().running < least_page && weights.of(box).running > 0;
    return short_page || weights.share(box) >= marked_share;
  };
  if (const GumboNode* main = heaviest(hints.mains, weights); bears(main))
    return narrowed(main, hints, weights);
  if (const GumboNode* article = heaviest(hints.articles, weights); bears(article)) return article;
  for (const auto& marked : hints.marked)
    if (const GumboNode* box = heaviest(marked, weights); bears(box))
      return with_heading(box, hints, weights);
  const GumboNode* box = smallest_box(body, hints, weights);
  return box == body ? nullptr : box;
}

}  // namespace freshet::read
