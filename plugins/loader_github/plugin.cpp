// loader_github - the plugin: the loaders "github_issues", "github_discussions" and "github_releases".
#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_github/discussions.hpp"
#include "loader_github/issues.hpp"
#include "loader_github/releases.hpp"

namespace freshet::loader_github {
namespace {

template <typename Kind>
class GithubLoader final : public sdk::Loader {
 public:
  GithubLoader(sdk::Call&, const nlohmann::json& options) : kind_(read(options)) {}

  sdk::Listing list(sdk::Call& call, const sdk::ListingRequest& request,
                    sdk::ListingSink& sink) override {
    return kind_.list(call, request, sink);
  }
  void fetch(sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, sdk::FetchSink& sink) override {
    kind_.fetch(call, entry, known_version, sink);
  }

 private:
  static auto read(const nlohmann::json& options) {
    if constexpr (std::is_same_v<Kind, Issues>)
      return read_issue_options(options);
    else if constexpr (std::is_same_v<Kind, Discussions>)
      return read_discussion_options(options);
    else
      return read_options(options);
  }
  Kind kind_;
};

const void* get(std::string_view kind, std::string_view name) {
  if (kind != FRESHET_PLUGIN_LOADER) return nullptr;
  if (name == "github_issues") return sdk::loader_table<GithubLoader<Issues>>();
  if (name == "github_discussions") return sdk::loader_table<GithubLoader<Discussions>>();
  return name == "github_releases" ? sdk::loader_table<GithubLoader<Releases>>() : nullptr;
}

}  // namespace
}  // namespace freshet::loader_github

FRESHET_SDK_PLUGIN("loader_github", FRESHET_PLUGIN_VERSION, freshet::loader_github::get)
