#include "core/read/html_side.hpp"

#include <array>
#include <string>
#include <vector>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

constexpr double most_side_share =
    0.35;  // of the main content's running text, of all boxes of a kind

constexpr std::uint32_t long_article =
    2000;  // bytes of sentences: what people say of it is not the page
constexpr std::uint32_t least_site_list = 20;  // links
constexpr std::uint32_t most_ways_on = 8;
constexpr std::uint32_t most_beside_way = 25;  // bytes beside each link

enum SideKind { comments, related, sharing, asking, marks, kinds };

struct SideWord {
  std::string_view part;
  SideKind kind;
};

// Each begins a word of a class or an id, as in "comments", "post_comments" and "postComments".
constexpr SideWord side_words[] = {{"comment", comments},
                                   {"disqus", comments},
                                   {"respond", comments},
                                   {"replies", comments},
                                   {"related", related},
                                   {"recommend", related},
                                   {"read-next", related},
                                   {"readnext", related},
                                   {"also-like", related},
                                   {"more-from", related},
                                   {"more-stories", related},
                                   {"popular", related},
                                   {"trending", related},
                                   {"recent-posts", related},
                                   {"latest-posts", related},
                                   {"similar", related},
                                   {"most-read", related},
                                   {"suggested", related},
                                   {"next-post", related},
                                   {"post-nav", related},
                                   {"prev-next", related},
                                   {"relatedposts", related},
                                   {"elementor-posts", related},
                                   {"share", sharing},
                                   {"sharing", sharing},
                                   {"social", sharing},
                                   {"addtoany", sharing},
                                   {"follow-us", sharing},
                                   {"newsletter", asking},
                                   {"subscribe", asking},
                                   {"subscription", asking},
                                   {"signup", asking},
                                   {"sign-up", asking},
                                   {"optin", asking},
                                   {"promo", asking},
                                   {"sponsor", asking},
                                   {"advert", asking},
                                   {"cookie", asking},
                                   {"gdpr", asking},
                                   {"donate", asking},
                                   {"paywall", asking},
                                   {"modal", asking},
                                   {"popup", asking},
                                   {"lightbox", asking},
                                   {"offcanvas", asking},
                                   {"author-bio", marks},
                                   {"author-box", marks},
                                   {"author-info", marks},
                                   {"authorbox", marks},
                                   {"about-author", marks},
                                   {"post-author", marks},
                                   {"byline", marks},
                                   {"saboxplugin", marks},
                                   {"breadcrumb", marks},
                                   {"post-tags", marks},
                                   {"tag-list", marks},
                                   {"entry-footer", marks},
                                   {"post-footer", marks},
                                   {"article-footer", marks},
                                   {"pagination", marks},
                                   {"sidebar", marks},
                                   {"widget-area", marks},
                                   {"page-feedback", marks},
                                   {"was-this", marks},
                                   {"helpful", marks},
                                   {"jump-to", marks},
                                   {"elementor-hidden-desktop", marks}};

bool may_be_side(GumboTag tag) {
  return tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_SECTION || tag == GUMBO_TAG_ASIDE ||
         tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL || tag == GUMBO_TAG_FORM ||
         tag == GUMBO_TAG_FOOTER || tag == GUMBO_TAG_ARTICLE || tag == GUMBO_TAG_UNKNOWN;
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// Where a word begins in `text`: "unrelated" is not related, "corresponding" does not respond.
bool begins_word(std::string_view text, std::size_t at) {
  return at == 0 || !base::is_letter(text[at - 1]) ||
         (is_capital(text[at]) && !is_capital(text[at - 1]));
}

bool is_word_of(std::string_view text, const std::string& lowered, std::string_view part) {
  for (std::size_t at = lowered.find(part); at != std::string::npos;
       at = lowered.find(part, at + 1)) {
    const std::size_t end = at + part.size();
    // What is shared is no button to share.
    const bool past = part == "share" && lowered.substr(end, 1) == "d" &&
                      (end + 1 == lowered.size() || !base::is_letter(lowered[end + 1]));
    if (begins_word(text, at) && !past) return true;
  }
  return false;
}

SideKind kind_in(std::string_view text) {
  if (text.empty()) return kinds;
  const std::string lowered = base::to_lower(text);
  for (const SideWord& word : side_words)
    if (is_word_of(text, lowered, word.part)) return word.kind;
  return kinds;
}

// The id of a section is the author's word, made of its title: "comments", "related-functions".
bool is_named_by_id(const GumboNode* box) {
  return tag_of(box) != GUMBO_TAG_SECTION && tag_of(box) != GUMBO_TAG_ARTICLE &&
         !has_class(box, "section");
}

SideKind kind_of(const GumboNode* box) {
  const SideKind by_class = kind_in(attribute(box, "class"));
  if (by_class != kinds || !is_named_by_id(box)) return by_class;
  return kind_in(attribute(box, "id"));
}

// Links to places of the page itself, and no text beside them.
bool is_contents(const GumboNode* box, const Weight& weight) {
  if (weight.links == 0 || weight.fragments != weight.links || weight.sentences > 0) return false;
  if (weight.links > 1 && weight.running * 5 < weight.linked) return true;
  const auto named = [](std::string_view text) {
    const std::string lowered = base::to_lower(text);
    return lowered.find("contents") != std::string::npos ||
           lowered.find("toc") != std::string::npos;
  };
  return named(attribute(box, "class")) || named(attribute(box, "id"));
}

// "Next: …, Previous: …, Up: …": links that say what they lead to is beside the page, in a few words.
bool is_way_on(const GumboNode* box, const Weight& weight) {
  if (weight.links == 0 || weight.links > most_ways_on || weight.sentences > 0 ||
      weight.running > most_beside_way * weight.links)
    return false;
  return !any_element(box, [](const GumboNode* node) {
    const GumboTag tag = tag_of(node);
    if (heading_level(node) > 0 || tag == GUMBO_TAG_PRE || tag == GUMBO_TAG_DL) return true;
    return tag == GUMBO_TAG_A && !any_word(attribute(node, "rel"), [](std::string_view word) {
             return word == "next" || word == "prev" || word == "previous" || word == "up" ||
                    word == "start" || word == "contents" || word == "index" || word == "first" ||
                    word == "last";
           });
  });
}

// A long list of nothing but links, where the text is more than they are: chapters, tags, other pages.
bool is_site_list(const Weight& weight, const Weight& main) {
  return weight.links >= least_site_list && weight.sentences == 0 &&
         weight.linked > 10 * weight.running && main.sentences > weight.linked;
}

}  // namespace

std::unordered_set<const GumboNode*> side_boxes(const GumboNode* main, const Weights& weights) {
  std::array<std::vector<const GumboNode*>, kinds> found;
  std::array<std::uint64_t, kinds> running{}, sentences{};
  const Weight whole = weights.of(main);
  std::unordered_set<const GumboNode*> side;
  each_element(main, [&](const GumboNode* node) {
    if (!may_be_side(tag_of(node))) return true;
    const Weight weight = weights.of(node);
    if (is_contents(node, weight) || is_way_on(node, weight) || is_site_list(weight, whole)) {
      side.insert(node);
      return false;
    }
    if (node->v.element.attributes.length == 0) return true;
    const SideKind kind = kind_of(node);
    if (kind == kinds) return true;
    found[kind].push_back(node);
    running[kind] += weight.running;
    sentences[kind] += weight.sentences;
    return false;
  });
  const double most = most_side_share * whole.running;
  const auto is_beside = [&](std::size_t kind) {
    return static_cast<double>(running[kind]) <= most ||
           (kind == comments && whole.sentences >= sentences[kind] + long_article);
  };
  for (std::size_t kind = 0; kind < kinds; ++kind)
    if (is_beside(kind)) side.insert(found[kind].begin(), found[kind].end());
  return side;
}

}  // namespace freshet::read
