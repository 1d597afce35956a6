#include "core/read/html_side.hpp"

#include <array>
#include <string>
#include <vector>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

constexpr double most_side_share =
    0.35;  // of the main content's running text, of all boxes of a kind

enum SideKind { comments, related, sharing, asking, marks, kinds };

struct SideWord {
  std::string_view part;
  SideKind kind;
};

constexpr SideWord side_words[] = {
    {"comment", comments},    {"disqus", comments},      {"respond", comments},
    {"replies", comments},    {"related", related},      {"recommend", related},
    {"read-next", related},   {"readnext", related},     {"also-like", related},
    {"more-from", related},   {"more-stories", related}, {"popular", related},
    {"trending", related},    {"recent-posts", related}, {"latest-posts", related},
    {"similar", related},     {"most-read", related},    {"suggested", related},
    {"next-post", related},   {"post-nav", related},     {"prev-next", related},
    {"share", sharing},       {"sharing", sharing},      {"social", sharing},
    {"addtoany", sharing},    {"follow-us", sharing},    {"newsletter", asking},
    {"subscribe", asking},    {"subscription", asking},  {"signup", asking},
    {"sign-up", asking},      {"optin", asking},         {"promo", asking},
    {"sponsor", asking},      {"advert", asking},        {"cookie", asking},
    {"gdpr", asking},         {"donate", asking},        {"paywall", asking},
    {"author-bio", marks},    {"author-box", marks},     {"author-info", marks},
    {"authorbox", marks},     {"about-author", marks},   {"post-author", marks},
    {"breadcrumb", marks},    {"post-tags", marks},      {"tag-list", marks},
    {"entry-footer", marks},  {"post-footer", marks},    {"article-footer", marks},
    {"pagination", marks},    {"sidebar", marks},        {"widget-area", marks},
    {"page-feedback", marks}, {"was-this", marks},       {"helpful", marks},
    {"jump-to", marks}};

bool may_be_side(GumboTag tag) {
  return tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_SECTION || tag == GUMBO_TAG_ASIDE ||
         tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL || tag == GUMBO_TAG_FORM ||
         tag == GUMBO_TAG_FOOTER || tag == GUMBO_TAG_ARTICLE || tag == GUMBO_TAG_UNKNOWN;
}

SideKind kind_in(std::string_view text) {
  const std::string lowered = base::to_lower(text);
  for (const SideWord& word : side_words)
    if (lowered.find(word.part) != std::string::npos) return word.kind;
  return kinds;
}

SideKind kind_of(const GumboNode* box) {
  for (const char* name : {"class", "id"})
    if (const std::string_view text = attribute(box, name); !text.empty())
      if (const SideKind kind = kind_in(text); kind != kinds) return kind;
  return kinds;
}

// Links to places of the page itself, and no text beside them.
bool is_contents(const GumboNode* box, const Weight& weight) {
  if (weight.links < 2 || weight.fragments != weight.links || weight.sentences > 0) return false;
  if (weight.running * 5 < weight.linked) return true;
  const auto named = [](std::string_view text) {
    const std::string lowered = base::to_lower(text);
    return lowered.find("contents") != std::string::npos ||
           lowered.find("toc") != std::string::npos;
  };
  return named(attribute(box, "class")) || named(attribute(box, "id"));
}

}  // namespace

std::unordered_set<const GumboNode*> side_boxes(const GumboNode* main, const Weights& weights) {
  std::array<std::vector<const GumboNode*>, kinds> found;
  std::array<std::uint64_t, kinds> running{};
  std::unordered_set<const GumboNode*> side;
  each_element(main, [&](const GumboNode* node) {
    if (!may_be_side(tag_of(node))) return true;
    const Weight weight = weights.of(node);
    if (is_contents(node, weight)) {
      side.insert(node);
      return false;
    }
    if (node->v.element.attributes.length == 0) return true;
    const SideKind kind = kind_of(node);
    if (kind == kinds) return true;
    found[kind].push_back(node);
    running[kind] += weight.running;
    return false;
  });
  const double most = most_side_share * weights.of(main).running;
  for (std::size_t kind = 0; kind < kinds; ++kind)
    if (static_cast<double>(running[kind]) <= most)
      side.insert(found[kind].begin(), found[kind].end());
  return side;
}

}  // namespace freshet::read
