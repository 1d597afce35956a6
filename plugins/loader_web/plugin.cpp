// loader_web - the plugin: the loaders "url", "sitemap", "site", "crawl", "llms_txt" and "feed".
#include <unordered_set>

#include "loader_web/crawl.hpp"
#include "loader_web/feed_listing.hpp"
#include "loader_web/listing.hpp"
#include "loader_web/llms.hpp"
#include "loader_web/options.hpp"
#include "loader_web/page.hpp"
#include "loader_web/site.hpp"

namespace freshet::loader_web {
namespace {

class WebLoader : public sdk::Loader {
 public:
  explicit WebLoader(Options options) : options_(std::move(options)) {}

  void fetch(sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, sdk::FetchSink& sink) override {
    const std::optional<std::string> url = call.resolve("", entry.uri);
    if (!url) throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "not an http or https URL", entry.uri);
    fetch_page(call, options_, kept_, *url, known_version, sink);
  }

 protected:
  const Options options_;
  Kept kept_;
};

class UrlLoader final : public WebLoader {
 public:
  UrlLoader(sdk::Call& call, const nlohmann::json& options)
      : WebLoader(read_url_options(call, options)) {}

  sdk::Listing list(sdk::Call&, const sdk::ListingRequest&, sdk::ListingSink& sink) override {
    std::unordered_set<std::string> seen;
    for (const std::string& url : options_.urls) {
      if (!options_.takes(url) || !seen.insert(url).second) continue;
      sdk::Entry entry;
      entry.uri = url;
      sink(entry);
    }
    return {};
  }
};

class SitemapLoader final : public WebLoader {
 public:
  SitemapLoader(sdk::Call& call, const nlohmann::json& options)
      : WebLoader(read_sitemap_options(call, options)) {}

  sdk::Listing list(sdk::Call& call, const sdk::ListingRequest& request,
                    sdk::ListingSink& sink) override {
    return list_sitemap(call, options_, request, sink_of(sink));
  }
};

class CrawlLoader final : public WebLoader {
 public:
  CrawlLoader(sdk::Call& call, const nlohmann::json& options)
      : WebLoader(read_crawl_options(call, options)) {}

  sdk::Listing list(sdk::Call& call, const sdk::ListingRequest& request,
                    sdk::ListingSink& sink) override {
    return list_by_links(call, options_, request, sink_of(sink), kept_);
  }
};

class LlmsLoader final : public WebLoader {
 public:
  LlmsLoader(sdk::Call& call, const nlohmann::json& options)
      : WebLoader(read_llms_options(call, options)) {}

  sdk::Listing list(sdk::Call& call, const sdk::ListingRequest& request,
                    sdk::ListingSink& sink) override {
    return list_llms(call, options_, request, sink_of(sink));
  }
};

// An entry of a feed has the feed as its handle.
class SiteLoader final : public WebLoader {
 public:
  SiteLoader(sdk::Call& call, const nlohmann::json& options)
      : WebLoader(read_site_options(call, options)) {}

  sdk::Listing list(sdk::Call& call, const sdk::ListingRequest& request,
                    sdk::ListingSink& sink) override {
    return list_site(
        call, options_, request, sink_of(sink), [&](const std::string& what) { sink.way(what); },
        kept_, items_);
  }
  void fetch(sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, sdk::FetchSink& sink) override {
    if (entry.handle.empty()) return WebLoader::fetch(call, entry, known_version, sink);
    fetch_item(call, options_, items_, kept_, entry, known_version, sink);
  }

 private:
  FeedItems items_;
};

class FeedLoader final : public WebLoader {
 public:
  FeedLoader(sdk::Call& call, const nlohmann::json& options)
      : WebLoader(read_feed_options(call, options)) {}

  sdk::Listing list(sdk::Call& call, const sdk::ListingRequest& request,
                    sdk::ListingSink& sink) override {
    if (options_.articles.empty()) return list_feed(call, options_, request, sink_of(sink), items_);
    for (std::size_t i = 0; i < options_.articles.size(); ++i) {
      sdk::Entry entry;
      entry.uri = options_.articles[i];
      entry.handle = options_.urls[i];
      sink(entry);
    }
    return {};
  }
  void fetch(sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, sdk::FetchSink& sink) override {
    if (options_.articles.empty())
      return fetch_item(call, options_, items_, kept_, named(entry), known_version, sink);
    const auto article = std::find(options_.articles.begin(), options_.articles.end(), entry.uri);
    if (article == options_.articles.end())
      throw sdk::Failure(FRESHET_E_NOT_FOUND, "is none of the articles", entry.uri);
    sdk::Entry with_feed = entry;
    with_feed.handle = options_.urls[static_cast<std::size_t>(article - options_.articles.begin())];
    fetch_article(call, options_, items_, with_feed, known_version, sink);
  }

 private:
  sdk::Entry named(const sdk::Entry& entry) const {
    sdk::Entry with_feed = entry;
    with_feed.handle = options_.urls.front();
    return with_feed;
  }
  FeedItems items_;
};

const void* get(std::string_view kind, std::string_view name) {
  if (kind != FRESHET_PLUGIN_LOADER) return nullptr;
  if (name == "url") return sdk::loader_table<UrlLoader>();
  if (name == "sitemap") return sdk::loader_table<SitemapLoader>();
  if (name == "site") return sdk::loader_table<SiteLoader>();
  if (name == "crawl") return sdk::loader_table<CrawlLoader>();
  if (name == "llms_txt") return sdk::loader_table<LlmsLoader>();
  if (name == "feed") return sdk::loader_table<FeedLoader>();
  return nullptr;
}

}  // namespace
}  // namespace freshet::loader_web

FRESHET_SDK_PLUGIN("loader_web", FRESHET_PLUGIN_VERSION, freshet::loader_web::get)
