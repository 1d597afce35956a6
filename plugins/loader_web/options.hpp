// loader_web/options.hpp - the options of all kinds, read and checked. docs/loaders.md explains
// them, the manifest gives their defaults.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/filter.hpp"
#include "loader_web/rules.hpp"
#include "loader_web/sitemap.hpp"
#include "loader_web/url.hpp"

namespace freshet::loader_web {

// How far the links of a site are followed.
struct CrawlLimits {
  std::uint64_t depth = 256;     // links from the first page on
  std::uint64_t pages = 20'000;  // addresses asked for
  std::uint64_t alike = 1'000;   // of one shape_of()
  std::int64_t time_ms = 3'600'000;
};

// Where the content of a feed's item comes from.
enum class FeedContent {
  automatic,  // the feed, where it has the whole of it, else the page
  feed,       // the feed, and be it a summary
  page        // the page that the item leads to
};

// What a site may be listed by, in the order in which it is looked for.
enum class Way { sitemap, llms_txt, feed, links };

struct Options {
  std::vector<std::string> urls;     // normalised; of a sitemap source: the sitemap
  std::vector<sdk::Header> headers;  // references to secrets are words in values
  Hosts hosts;                       // that may be led to, beside those of `urls`
  bool accept_markdown = false;
  bool robots = true;
  bool follow_meta_refresh = true;
  std::uint64_t max_bytes = 32ULL << 20;
  std::int64_t pace_ms = 0;
  std::int64_t timeout_ms = 0;
  Rules rules;  // what is otherwise for some pages

  // Whether a listing may name the page.
  bool takes(const std::string& page) const { return filter.takes(page) && !rules.skip(page); }
  // Whether its links are left alone, too.
  bool excludes(const std::string& page) const { return filter.excludes(page) || rules.skip(page); }

  // Of a sitemap source.
  UrlFilter filter;
  Rewriter rewriter;
  bool same_origin = true;
  SitemapLimits sitemap;
  std::uint64_t max_entries = 1'000'000;
  std::uint64_t max_sitemaps = 1'000;

  // Of a crawl, and of a site.
  std::string
      prefix;  // of all pages; empty: of a crawl the folder of its first page, else anything
  std::vector<std::string> types = {"text/html", "application/xhtml+xml", "text/markdown"};
  CrawlLimits crawl;
  std::vector<Way> ways = {Way::sitemap, Way::llms_txt, Way::feed, Way::links};

  bool optional = true;  // of llms_txt: its section of that name, too

  // Of a feed.
  FeedContent content = FeedContent::automatic;
  std::vector<std::string> articles;  // pages that feeds have the content of
  std::string feed_template;          // the feed of an article: "https://a.example/feed/{0}"
};

Options read_url_options(const sdk::Call& call, const Json& json);
Options read_sitemap_options(const sdk::Call& call, const Json& json);
Options read_crawl_options(const sdk::Call& call, const Json& json);
Options read_site_options(const sdk::Call& call, const Json& json);
Options read_feed_options(const sdk::Call& call, const Json& json);
Options read_llms_options(const sdk::Call& call, const Json& json);

// The request for `url`: with the source's own headers only where the options named that origin,
// for they may bear credentials.
sdk::Request make_request(const sdk::Call& call, const Options& options, const std::string& url);

}  // namespace freshet::loader_web
