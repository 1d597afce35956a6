#include "loader_web/feed_listing.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <unordered_set>

#include "loader_web/one_file.hpp"
#include "loader_web/page.hpp"
#include "loader_web/remembered.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

using nlohmann::json;

constexpr std::string_view kVersionMark = "feed:";  // of a document that came from a feed
constexpr std::size_t kMaxCategories = 100;

// A path of dates sorts by them.
std::string date_text(std::int64_t ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> at{std::chrono::milliseconds(ms)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", int(date.year()),
                unsigned(date.month()), unsigned(date.day()), int(time.hours().count()),
                int(time.minutes().count()), int(time.seconds().count()));
  return text.data();
}

std::string resolved_base(const sdk::Call& call, std::string base, std::string_view bases) {
  while (!(bases = trim(bases)).empty()) {
    const std::size_t end = std::min(bases.find(' '), bases.size());
    base = call.resolve(base, std::string(bases.substr(0, end))).value_or(base);
    bases.remove_prefix(end);
  }
  return base;
}

json metadata_of(const Feed& feed, const FeedItem& item) {
  json metadata = json::object();
  if (!feed.title.empty()) metadata["feed"] = feed.title;
  if (!item.author.empty()) metadata["author"] = item.author;
  json categories = json::array();
  for (const std::string& category : item.categories)
    if (!category.empty() && categories.size() < kMaxCategories) categories.push_back(category);
  if (!categories.empty()) metadata["categories"] = std::move(categories);
  if (item.published_ms) metadata["published"] = date_text(*item.published_ms);
  if (item.updated_ms) metadata["updated"] = date_text(*item.updated_ms);
  return metadata;
}

std::string document_of(const std::string& title, const std::string& base,
                        const std::string& html) {
  const std::string name = html_escaped(title);
  return "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><base href=\"" + html_escaped(base) +
         "\"><title>" + name + "</title></head><body><main><h1>" + name + "</h1>\n" + html +
         "</main></body></html>";
}

class Maker {
 public:
  Maker(const sdk::Call& call, const Options& options, std::string feed_url, const Feed& feed)
      : call_(call), options_(options), feed_url_(std::move(feed_url)), feed_(feed) {}

  // Each of a name of its own; the first of a name is the newest.
  KnownItems all() {
    KnownItems items;
    std::unordered_set<std::string> seen;
    for (const FeedItem& item : feed_.items) {
      std::optional<KnownItem> known = made_of(item);
      if (known && seen.insert(known->uri).second) items.push_back(*std::move(known));
    }
    if (nameless_ > 0)
      call_.log(FRESHET_LOG_WARNING,
                feed_url_ + ": " + std::to_string(nameless_) +
                    " items have neither an address nor an id, and are left out");
    return items;
  }

 private:
  std::string name_of(const FeedItem& item, const std::string& base) const {
    if (!item.url.empty() && is_utf8(item.url) && is_printable(item.url))
      if (const auto url = call_.resolve(base, item.url); url && url->size() <= kMaxUrlBytes)
        return *url;
    if (item.id.empty() || item.id.size() > kMaxUrlBytes || !is_utf8(item.id) ||
        !is_printable(item.id))
      return {};
    return feed_url_ + "#" + item.id;
  }

  std::optional<KnownItem> made_of(const FeedItem& item) {
    const std::string base = resolved_base(call_, feed_url_, item.base);
    KnownItem known;
    known.uri = name_of(item, base);
    if (known.uri.empty()) return ++nameless_, std::nullopt;
    known.id = item.id;
    known.title = item.title.empty() ? "Untitled" : item.title;
    known.metadata = metadata_of(feed_, item);
    known.changed_ms = item.updated_ms ? item.updated_ms : item.published_ms;
    if (options_.content == FeedContent::page) return known;
    std::string html = item.html;
    if (html.empty() &&
        (options_.content == FeedContent::feed || known.uri.starts_with(feed_url_ + "#")))
      html = item.summary;
    if (html.empty()) return known;
    known.document = document_of(known.title, base, html);
    known.version = std::string(kVersionMark) + std::to_string(hash_of(known.document));
    return known;
  }

  const sdk::Call& call_;
  const Options& options_;
  const std::string feed_url_;
  const Feed& feed_;
  std::uint64_t nameless_ = 0;
};

KnownItems items_in(const sdk::Call& call, const Options& options, const sdk::Response& response) {
  const Feed feed = read_feed(response.body);
  if (!feed.problem.empty())
    throw sdk::Failure(FRESHET_E_PARSE, "is not a feed that can be read: " + feed.problem,
                       response.url);
  return Maker(call, options, response.url, feed).all();
}

KnownItems read_items(const sdk::Call& call, const Options& options, const std::string& url) {
  Options own = options;
  own.urls = {url};
  return items_in(call, own, read_one_file(call, own, {}).response);
}

sdk::Entry entry_of(const KnownItem& item, const std::string& feed) {
  sdk::Entry entry;
  entry.uri = item.uri;
  entry.version = item.version;
  entry.handle = feed;
  entry.title = item.title;
  if (!item.metadata.empty()) entry.metadata = item.metadata;
  entry.last_modified_ms = item.changed_ms;
  return entry;
}

void hand_over(const KnownItem& item, const sdk::FetchSink& sink) {
  sdk::Content content;
  content.bytes = item.document;
  content.media_type = "text/html";
  content.charset = "utf-8";
  content.version = item.version;
  content.title = item.title;
  content.metadata = item.metadata;
  sink.content(content);
}

bool is_from_feed(const std::optional<std::string>& version) {
  return version && version->starts_with(kVersionMark);
}

std::string_view slug_of(std::string_view url) {
  url = split_url(url).path;
  while (url.ends_with('/')) url.remove_suffix(1);
  return url.substr(url.rfind('/') + 1);
}

// The item whose address or id is the article's; else the only one with the last part of its path.
const KnownItem* article_in(const KnownItems& items, const std::string& article) {
  for (const KnownItem& item : items)
    if (item.uri == article || item.id == article) return &item;
  const std::string_view slug = slug_of(article);
  const KnownItem* found = nullptr;
  for (const KnownItem& item : items) {
    if (slug.empty() || (slug_of(item.uri) != slug && slug_of(item.id) != slug)) continue;
    if (found != nullptr) return nullptr;
    found = &item;
  }
  return found;
}

}  // namespace

sdk::Listing list_feed(const sdk::Call& call, const Options& options,
                       const sdk::ListingRequest& request, const Sink& sink, FeedItems& items,
                       Asked asked) {
  const std::string& feed = options.urls.front();
  const OneFile file = read_one_file(call, options, request, std::move(asked));
  if (file.unchanged) {
    items.set_unchanged(feed);
    sink.state(file.state);
    return {FRESHET_LISTING_UNCHANGED};
  }
  KnownItems known = items_in(call, options, file.response);
  std::uint64_t taken = 0;
  for (const KnownItem& item : known) {
    if (!is_below(item.uri, options.prefix) || !options.takes(item.uri)) continue;
    if (++taken > options.max_entries) break;
    sink.entry(entry_of(item, feed));
  }
  items.put(feed, std::move(known));
  sink.state(file.state);
  return {FRESHET_LISTING_CHANGES};
}

void fetch_item(const sdk::Call& call, const Options& options, FeedItems& items, Kept& kept,
                const sdk::Entry& entry, const std::optional<std::string>& known_version,
                const sdk::FetchSink& sink) {
  const std::string& feed = entry.handle;
  if (is_from_feed(known_version) && items.is_unchanged(feed)) return sink.not_modified();
  const auto known = items.of(feed, [&] { return read_items(call, options, feed); });
  const auto item = std::find_if(known->begin(), known->end(),
                                 [&](const KnownItem& each) { return each.uri == entry.uri; });
  const bool here = item != known->end();
  if (here && !item->document.empty())
    return known_version == item->version ? sink.not_modified() : hand_over(*item, sink);
  if (is_from_feed(known_version)) return sink.not_modified();  // it left the feed, and stays
  if ((!here && options.content == FeedContent::feed) || entry.uri.starts_with(feed + "#"))
    throw sdk::Failure(FRESHET_E_NOT_FOUND, "is not in its feed any more", entry.uri);
  if (here && options.content == FeedContent::feed)
    throw sdk::Failure(FRESHET_E_PARSE, "its feed has no content of it", entry.uri);
  fetch_page(call, options, kept, entry.uri, known_version, sink);
}

void fetch_article(const sdk::Call& call, const Options& options, FeedItems& items,
                   const sdk::Entry& entry, const std::optional<std::string>& known_version,
                   const sdk::FetchSink& sink) {
  const auto known =
      items.of(entry.handle, [&] { return read_items(call, options, entry.handle); });
  const KnownItem* item = article_in(*known, entry.uri);
  if (item == nullptr)
    throw sdk::Failure(FRESHET_E_NOT_FOUND, "its feed " + entry.handle + " has no such article",
                       entry.uri);
  if (item->document.empty())
    throw sdk::Failure(FRESHET_E_PARSE, "its feed " + entry.handle + " has no content of it",
                       entry.uri);
  if (known_version == item->version) return sink.not_modified();
  hand_over(*item, sink);
}

}  // namespace freshet::loader_web
