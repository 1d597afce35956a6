// loader_web/links.hpp - where an HTML page leads to, and what it asks of those who follow its links.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freshet::loader_web {

inline constexpr std::size_t kMaxLinks = 100'000;  // of one page

struct PageLinks {
  std::vector<std::string> pages;     // as written, in their order; not those marked nofollow
  std::vector<std::string> feeds;     // <link rel=alternate> of a feed's type
  std::vector<std::string> sitemaps;  // <link rel=sitemap>
  bool noindex = false;               // <meta name=robots>
  bool nofollow = false;
  bool cut = false;  // it has more than kMaxLinks
};

// What is in <noscript> counts: nobody here runs the scripts.
PageLinks read_links(std::string_view html);

// What a robots meta tag or an X-Robots-Tag header says, added to `to`.
void read_robots_words(std::string_view words, PageLinks& to);

}  // namespace freshet::loader_web
