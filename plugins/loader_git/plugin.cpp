// loader_git - the plugin: the loader "git".
#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_git/repository.hpp"

namespace freshet::loader_git {
namespace {

class GitLoader final : public sdk::Loader {
 public:
  GitLoader(sdk::Call&, const nlohmann::json& options)
      : options_(read_options(options)), repository_(options_) {}

  sdk::Listing list(sdk::Call& call, const sdk::ListingRequest& request,
                    sdk::ListingSink& sink) override {
    return repository_.list(call, request, sink);
  }

  void fetch(sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, sdk::FetchSink& sink) override {
    repository_.fetch(call, entry, known_version, sink);
  }

  void prepare(sdk::Call& call, std::span<const sdk::Wanted> wanted) override {
    repository_.prepare(call, wanted);
  }

 private:
  const Options options_;
  Repository repository_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_LOADER && name == "git" ? sdk::loader_table<GitLoader>() : nullptr;
}

}  // namespace
}  // namespace freshet::loader_git

FRESHET_SDK_PLUGIN("loader_git", FRESHET_PLUGIN_VERSION, freshet::loader_git::get)
