// loader_github/discussions.hpp - the discussions of a repository, one root each. GitHub tells of them by GraphQL alone,
// and to nobody without a token.
//
// A listing asks for those that were touched last, until one comes that the last listing was sure of: one request where
// nothing happened. What was deleted or transferred is in no such answer, so from time to time all are listed.
#pragma once

#include <string>

#include "loader_github/tracker.hpp"

namespace freshet::loader_github {

class Discussions final : public Tracker {
 public:
  explicit Discussions(const DiscussionOptions& options)
      : Tracker(options, {"a discussion", "number", "url", "updatedAt"}), options_(options) {}

 private:
  sdk::Listing look(const sdk::Call& call, const sdk::ListingRequest& request,
                    const sdk::ListingSink& sink) override;
  Answer ask(const sdk::Call& call, const std::string& number) const override;
  bool is_taken(const Json& discussion) const override;
  std::string text_below(const sdk::Call& call, const Json& discussion) const override;
  Json metadata_of(const Json& discussion) const override;

  sdk::Listing list_all(const sdk::Call& call, const sdk::ListingSink& sink);
  sdk::Listing list_since(const sdk::Call& call, Touched state, const sdk::ListingSink& sink);
  // One page of them, from behind `after`; its order is "CREATED_AT" upwards or "UPDATED_AT" downwards.
  Json page(const sdk::Call& call, const char* order, const std::string& after) const;
  std::string comments_of(const sdk::Call& call, const std::string& number) const;
  std::string replies_of(const sdk::Call& call, const Json& comment) const;
  std::string text_of_comment(const Json& comment, int level) const;

  const DiscussionOptions options_;
};

}  // namespace freshet::loader_github
