// loader_github/issues.hpp - the issues of a repository, one root each.
//
// A listing goes on from the last one by the time of the newest change it is sure of: what was touched since is
// asked for, and an ETag makes an unchanged tracker cost one request that does not count. What was deleted or
// transferred is in no such answer: from time to time everything is listed, twice, since a page that moves
// while the pages are read may hide what is there.
#pragma once

#include <string>

#include "loader_github/tracker.hpp"

namespace freshet::loader_github {

class Issues final : public Tracker {
 public:
  explicit Issues(const IssueOptions& options)
      : Tracker(options, {"an issue", "number", "html_url", "updated_at"}), options_(options) {}

 private:
  sdk::Listing look(const sdk::Call& call, const sdk::ListingRequest& request,
                    const sdk::ListingSink& sink) override;
  Answer ask(const sdk::Call& call, const std::string& number) const override;
  bool is_taken(const Json& issue) const override;
  std::string text_below(const sdk::Call& call, const Json& issue) const override;
  Json metadata_of(const Json& issue) const override;

  sdk::Listing list_all(const sdk::Call& call, const sdk::ListingSink& sink);
  sdk::Listing list_newest(const sdk::Call& call, const sdk::ListingSink& sink);
  sdk::Listing list_since(const sdk::Call& call, Touched state, const sdk::ListingSink& sink);
  std::string url_since(const Touched& state) const;
  std::string comments_of(const sdk::Call& call, const Json& issue) const;

  const IssueOptions options_;
};

}  // namespace freshet::loader_github
