// loader_github/discussions.hpp - the discussions of a repository, one root each. GitHub tells of them by GraphQL alone,
// and to nobody without a token.
//
// A listing asks for those that were touched last, until one comes that the last listing was sure of: one request where
// nothing happened. What was deleted or transferred is in no such answer, so from time to time all are listed.
#pragma once

#include <atomic>

#include "loader_github/api.hpp"
#include "loader_github/kept.hpp"
#include "loader_github/touched.hpp"

namespace freshet::loader_github {

class Discussions {
 public:
  explicit Discussions(const DiscussionOptions& options) : options_(options), api_(options_) {}

  sdk::Listing list(const sdk::Call& call, const sdk::ListingRequest& request,
                    const sdk::ListingSink& sink);
  void fetch(const sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, const sdk::FetchSink& sink);

 private:
  sdk::Listing list_all(const sdk::Call& call, const sdk::ListingSink& sink);
  sdk::Listing list_since(const sdk::Call& call, Touched state, const sdk::ListingSink& sink);
  // One page of them, from behind `after`; its order is "CREATED_AT" upwards or "UPDATED_AT" downwards.
  nlohmann::json page(const sdk::Call& call, const char* order, const std::string& after) const;
  bool is_taken(const nlohmann::json& discussion) const;
  void tell(const nlohmann::json& discussion, const sdk::ListingSink& sink);
  std::string comments_of(const sdk::Call& call, const std::string& number) const;
  std::string replies_of(const sdk::Call& call, const nlohmann::json& comment) const;
  std::string text_of_comment(const nlohmann::json& comment, int level) const;

  const DiscussionOptions options_;
  const Api api_;
  Kept kept_;
  std::atomic<bool> listed_ = false;  // what no listing named is as its handle says
};

}  // namespace freshet::loader_github
