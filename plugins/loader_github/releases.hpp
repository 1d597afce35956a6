// loader_github/releases.hpp - the releases of a repository, one root each. The API has no "since" for them: an ETag
// of the first page says that no release is new; from time to time all are looked at.
#pragma once

#include <atomic>
#include <string>

#include "loader_github/api.hpp"
#include "loader_github/kept.hpp"

namespace freshet::loader_github {

class Releases {
 public:
  explicit Releases(const Options& options) : options_(options), api_(options_) {}

  sdk::Listing list(const sdk::Call& call, const sdk::ListingRequest& request,
                    const sdk::ListingSink& sink);
  void fetch(const sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, const sdk::FetchSink& sink);

 private:
  void tell(const nlohmann::json& release, const sdk::ListingSink& sink);

  const Options options_;
  const Api api_;
  Kept kept_;
  std::atomic<bool> listed_ = false;  // what no listing named is as its handle says
};

}  // namespace freshet::loader_github
