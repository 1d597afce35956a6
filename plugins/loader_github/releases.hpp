// loader_github/releases.hpp - the releases of a repository, one root each. The API has no "since" for them: an ETag
// of the first page says that no release is new; from time to time all are looked at.
#pragma once

#include <string>

#include "loader_github/tracker.hpp"

namespace freshet::loader_github {

class Releases final : public Tracker {
 public:
  explicit Releases(const Options& options)
      : Tracker(options, {"a release", "id", "html_url", nullptr}) {}

 private:
  sdk::Listing look(const sdk::Call& call, const sdk::ListingRequest& request,
                    const sdk::ListingSink& sink) override;
  Answer ask(const sdk::Call& call, const std::string& number) const override;
  std::string number_in(const std::string&) const override { return {}; }  // it names the tag
  std::string version_of(const Json& release) const override;
  std::string title_of(const Json& release) const override;
  std::string text_below(const sdk::Call& call, const Json& release) const override;
  Json metadata_of(const Json& release) const override;
};

}  // namespace freshet::loader_github
