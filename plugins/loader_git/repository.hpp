// loader_git/repository.hpp - one remote repository at one ref: listed, and its files fetched.
//
// The commit is looked up once for the life of an instance, which is that of a run: all that one run
// reads is of one commit.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_git/module.hpp"
#include "loader_git/names.hpp"
#include "loader_git/tree.hpp"

namespace freshet::loader_git {

class Repository {
 public:
  explicit Repository(const Options& options) : options_(options), names_(options) {}

  sdk::Listing list(const sdk::Call& call, const sdk::ListingRequest& request,
                    const sdk::ListingSink& sink);
  void fetch(const sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, const sdk::FetchSink& sink);
  void prepare(const sdk::Call& call, std::span<const sdk::Wanted> wanted);

 private:
  // A commit, and where its objects are.
  struct Session {
    Head head;
    std::shared_ptr<const std::vector<Module>> modules;  // null until its trees are wanted
    bool listed = false;                                 // handles are of this commit
  };

  Session session(const sdk::Call& call);     // the commit alone: one advertisement
  Session with_trees(const sdk::Call& call);  // the same, and its trees
  std::string blob_of(const sdk::Call& call, const sdk::Entry& entry, const std::string& path,
                      Session& session);
  bool same_submodules(const sdk::Call& call, const Session& now, const std::string& before) const;
  void mark_listed();

  const Options& options_;
  const Names names_;
  std::mutex opening_;  // held while the session is made; never while a sink is called
  Session session_;
};

}  // namespace freshet::loader_git
