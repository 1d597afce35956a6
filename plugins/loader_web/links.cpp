#include "loader_web/links.hpp"

#include <algorithm>

#include "loader_web/tags.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

bool is_feed_type(std::string_view type) {
  type = trim(type.substr(0, type.find(';')));
  return equals_ignoring_case(type, "application/rss+xml") ||
         equals_ignoring_case(type, "application/atom+xml") ||
         equals_ignoring_case(type, "application/feed+json");
}

std::string url_of(const Tags& tags, std::string_view attribute) {
  return decoded(trim(tags.attribute(attribute)));
}

void add(std::vector<std::string>& to, std::string url) {
  if (!url.empty()) to.push_back(std::move(url));
}

void take_page(const Tags& tags, std::string_view attribute, PageLinks& links) {
  if (has_word(tags.attribute("rel"), "nofollow")) return;
  if (links.pages.size() == kMaxLinks)
    links.cut = true;
  else
    add(links.pages, url_of(tags, attribute));
}

void take_link(const Tags& tags, PageLinks& links) {
  const std::string_view rel = tags.attribute("rel");
  if (has_word(rel, "sitemap")) add(links.sitemaps, url_of(tags, "href"));
  if (has_word(rel, "alternate") && is_feed_type(tags.attribute("type")))
    add(links.feeds, url_of(tags, "href"));
  if (has_word(rel, "next") || has_word(rel, "prev")) take_page(tags, "href", links);
}

}  // namespace

void read_robots_words(std::string_view words, PageLinks& to) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(','), words.size());
    const std::string word = lower(trim(words.substr(0, end)));
    to.noindex = to.noindex || word == "noindex" || word == "none";
    to.nofollow = to.nofollow || word == "nofollow" || word == "none";
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

PageLinks read_links(std::string_view html) {
  PageLinks links;
  Tags tags(html, true);
  while (tags.next()) {
    if (tags.closes()) continue;
    if (tags.is("a") || tags.is("area")) take_page(tags, "href", links);
    if (tags.is("iframe") || tags.is("frame")) take_page(tags, "src", links);
    if (tags.is("link")) take_link(tags, links);
    if (tags.is("meta") && equals_ignoring_case(trim(tags.attribute("name")), "robots"))
      read_robots_words(tags.attribute("content"), links);
  }
  return links;
}

}  // namespace freshet::loader_web
