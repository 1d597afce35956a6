// loader_files - the plugin: the loader "files".
#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_files/options.hpp"
#include "loader_files/read.hpp"
#include "loader_files/walk.hpp"

namespace freshet::loader_files {
namespace {

class FilesLoader final : public sdk::Loader {
 public:
  FilesLoader(sdk::Call&, const nlohmann::json& options) : options_(read_options(options)) {}

  sdk::Listing list(sdk::Call& call, const sdk::ListingRequest&, sdk::ListingSink& sink) override {
    return list_files(call, options_, sink);
  }

  void fetch(sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, sdk::FetchSink& sink) override {
    fetch_file(call, options_, entry.uri, known_version, sink);
  }

 private:
  const Options options_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_LOADER && name == "files" ? sdk::loader_table<FilesLoader>()
                                                          : nullptr;
}

}  // namespace
}  // namespace freshet::loader_files

FRESHET_SDK_PLUGIN("loader_files", FRESHET_PLUGIN_VERSION, freshet::loader_files::get)
