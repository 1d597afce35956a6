// loader_web - the plugin: the loaders "url" and "sitemap".
#include <unordered_set>

#include "loader_web/listing.hpp"
#include "loader_web/options.hpp"
#include "loader_web/page.hpp"

namespace freshet::loader_web {
namespace {

class WebLoader : public sdk::Loader {
 public:
  explicit WebLoader(Options options) : options_(std::move(options)) {}

  void fetch(sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, sdk::FetchSink& sink) override {
    const std::optional<std::string> url = call.resolve("", entry.uri);
    if (!url) throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "not an http or https URL", entry.uri);
    fetch_page(call, options_, *url, known_version, sink);
  }

 protected:
  const Options options_;
};

class UrlLoader final : public WebLoader {
 public:
  UrlLoader(sdk::Call& call, const nlohmann::json& options)
      : WebLoader(read_url_options(call, options)) {}

  sdk::Listing list(sdk::Call&, const sdk::ListingRequest&, sdk::ListingSink& sink) override {
    std::unordered_set<std::string> seen;
    for (const std::string& url : options_.urls) {
      if (!seen.insert(url).second) continue;
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
    return list_sitemap(call, options_, request, sink);
  }
};

const void* get(std::string_view kind, std::string_view name) {
  if (kind != FRESHET_PLUGIN_LOADER) return nullptr;
  if (name == "url") return sdk::loader_table<UrlLoader>();
  if (name == "sitemap") return sdk::loader_table<SitemapLoader>();
  return nullptr;
}

}  // namespace
}  // namespace freshet::loader_web

FRESHET_SDK_PLUGIN("loader_web", FRESHET_PLUGIN_VERSION, freshet::loader_web::get)
