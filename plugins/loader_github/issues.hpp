// loader_github/issues.hpp - the issues of a repository, one root each.
//
// A listing goes on from the last one by the time of the newest change it is sure of: what was touched since is
// asked for, and an ETag makes an unchanged tracker cost one request that does not count. What was deleted or
// transferred is in no such answer: from time to time everything is listed, twice, since a page that moves
// while the pages are read may hide what is there.
#pragma once

#include <atomic>
#include <string>

#include "loader_github/api.hpp"
#include "loader_github/kept.hpp"
#include "loader_github/touched.hpp"

namespace freshet::loader_github {

class Issues {
 public:
  explicit Issues(const IssueOptions& options) : options_(options), api_(options_) {}

  sdk::Listing list(const sdk::Call& call, const sdk::ListingRequest& request,
                    const sdk::ListingSink& sink);
  void fetch(const sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, const sdk::FetchSink& sink);

 private:
  sdk::Listing list_all(const sdk::Call& call, const sdk::ListingSink& sink);
  sdk::Listing list_newest(const sdk::Call& call, const sdk::ListingSink& sink);
  sdk::Listing list_since(const sdk::Call& call, Touched state, const sdk::ListingSink& sink);
  bool is_taken(const nlohmann::json& issue) const;
  void tell(const nlohmann::json& issue, const sdk::ListingSink& sink);
  std::string url_since(const Touched& state) const;
  std::string text_of_issue(const sdk::Call& call, const nlohmann::json& issue) const;
  std::string comments_of(const sdk::Call& call, const nlohmann::json& issue) const;

  const IssueOptions options_;
  const Api api_;
  Kept kept_;
  std::atomic<bool> listed_ = false;  // what no listing named is as its handle says
};

}  // namespace freshet::loader_github
