// loader_web/options.hpp - the options of both kinds, read and checked. docs/loaders.md explains
// them, the manifest gives their defaults.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/filter.hpp"
#include "loader_web/sitemap.hpp"
#include "loader_web/url.hpp"

namespace freshet::loader_web {

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

  // Of a sitemap source.
  UrlFilter filter;
  Rewriter rewriter;
  bool same_origin = true;
  SitemapLimits sitemap;
  std::uint64_t max_entries = 1'000'000;
  std::uint64_t max_sitemaps = 1'000;
};

Options read_url_options(const sdk::Call& call, const Json& json);
Options read_sitemap_options(const sdk::Call& call, const Json& json);

// The request for `url`: with the source's own headers only where the options named that origin,
// for they may bear credentials.
sdk::Request make_request(const sdk::Call& call, const Options& options, const std::string& url);

}  // namespace freshet::loader_web
