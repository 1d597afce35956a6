// template.cpp - a loader to copy. It loads a small book that is written out below.
#include <array>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

namespace {

namespace sdk = freshet::sdk;

// The source. Yours is on a disk or a server; ask servers through call.send(), never by yourself.
struct Page {
  const char* title;
  const char* text;
  const char* version;  // changes whenever the text does
};

constexpr std::array<Page, 3> book = {{{"Sowing", "# Sowing\n\nSow in spring.", "1"},
                                       {"Watering", "# Watering\n\nWater in the evening.", "1"},
                                       {"Harvest", "# Harvest\n\nPick what is ripe.", "2"}}};

constexpr std::string_view edition = "2";  // changes whenever anything in the book does

// One instance serves many threads at once: keep it constant, or lock.
class BookLoader : public sdk::Loader {
 public:
  // The options fit the schema in the manifest, and their defaults are filled in.
  BookLoader(sdk::Call&, const nlohmann::json& options)
      : prefix_("book:/" + options.at("book").get<std::string>() + "/"),
        pages_(options.at("pages").get<std::size_t>()) {}

  // The state is what the last listing gave, of the same options and version of the plugin.
  sdk::Listing list(sdk::Call& call, const sdk::ListingRequest& request,
                    sdk::ListingSink& sink) override {
    if (request.state == edition) return {FRESHET_LISTING_UNCHANGED};
    sink.state(std::string(edition));
    for (std::size_t i = 0; i < pages_; ++i) {
      call.check();  // ends here when the call was cancelled
      sdk::Entry entry;
      entry.uri = prefix_ + std::to_string(i);
      entry.title = book[i].title;
      entry.version = book[i].version;
      sink(entry);
    }
    return {};  // whole. Where pages may be missing: {FRESHET_LISTING_PART, "why"}
  }

  void fetch(sdk::Call&, const sdk::Entry& entry, const std::optional<std::string>& known_version,
             sdk::FetchSink& sink) override {
    for (std::size_t i = 0; i < pages_; ++i) {
      if (entry.uri != prefix_ + std::to_string(i)) continue;
      if (known_version == book[i].version) return sink.not_modified();
      sdk::Content content;
      content.bytes = book[i].text;
      content.media_type = "text/markdown";
      content.charset = "utf-8";
      content.version = book[i].version;
      return sink.content(content);
    }
    sink.gone(true);
  }

 private:
  const std::string prefix_;
  const std::size_t pages_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_LOADER && name == "template" ? sdk::loader_table<BookLoader>()
                                                             : nullptr;
}

}  // namespace

FRESHET_SDK_PLUGIN("template", FRESHET_PLUGIN_VERSION, get)
