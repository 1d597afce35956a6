// loader_web/feed.hpp - reads one feed: RSS 2.0 and 0.9x, RSS 1.0, Atom, JSON Feed.
//
// No entities but the five of XML and character references are known, and none that a feed declares: one
// that declares any is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::loader_web {

struct FeedItem {
  std::string url;      // as written, seen from `base`; may be empty
  std::string base;     // what is written in it is relative to it; seen from the feed's own URL
  std::string id;       // its guid or id; or empty
  std::string title;    // plain text
  std::string html;     // its whole content; or empty
  std::string summary;  // HTML that may be no more than the beginning; or empty
  std::string author;
  std::vector<std::string> categories;
  std::optional<std::int64_t> published_ms, updated_ms;
};

struct Feed {
  std::string title;
  std::vector<FeedItem> items;
  std::string problem;  // why it is no feed, or cannot be read; or empty
};

Feed read_feed(std::string_view bytes);

// By its beginning; it may be broken all the same.
bool looks_like_feed(std::string_view bytes);

// "Wed, 02 Oct 2002 13:00:00 +0200" or "2002-10-02T13:00:00Z"; nothing where it is neither.
std::optional<std::int64_t> parse_feed_date(std::string_view text);

}  // namespace freshet::loader_web
