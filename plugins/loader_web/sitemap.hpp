// loader_web/sitemap.hpp - reads one sitemap or sitemap index: XML or plain text, gzip or not.
//
// Accepted whatever its namespace: a root <urlset> with <url><loc>, or <sitemapindex> with
// <sitemap><loc>; or text with one absolute URL a line. No DOCTYPE, and no entities but the five of
// XML. An entry that cannot be read is told and passed
// over; what was read before a fault of the whole is handed out, and the fault told.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace freshet::loader_web {

struct SitemapLimits {
  std::uint64_t bytes = 50ULL << 20;  // decoded
  std::uint64_t urls = 50'000;
};

struct SitemapItem {
  std::string loc;  // as written, without white space at its ends; may be empty or no URL at all
  std::string lastmod;  // as written
  bool index = false;   // leads to another sitemap
};

struct SitemapRead {
  bool recognised = false;  // it is a sitemap, if perhaps a broken one
  std::string problem;      // why not all of it was read; or empty
};

SitemapRead read_sitemap(std::string_view bytes, const SitemapLimits& limits,
                         const std::function<void(SitemapItem)>& take);

}  // namespace freshet::loader_web
