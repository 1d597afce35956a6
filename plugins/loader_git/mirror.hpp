// loader_git/mirror.hpp - what is here of one remote repository: a bare one with its trees, and those blobs
// that were asked for.
//
// It lies in a directory below the option `cache`, named by a hash of the remote, and may be used by several
// processes: each has the lock of the directory while it uses it, and alone while it fetches. What a killed
// process left is taken away by the next one that fetches. Whoever finds it too large, and nobody else in it,
// begins it anew: all that is in it can be had again.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "loader_git/program.hpp"

namespace freshet::loader_git {

// What a ref stands for.
struct Head {
  std::string commit;
  std::string ref;  // "refs/heads/main", where it has a name
};

class Mirror {
 public:
  // `object_id` is one of the repository, which tells how its objects are named.
  Mirror(const sdk::Call& call, const Options& options, const Address& address,
         const std::string& object_id);

  // Brings the commit and its trees, and as many commits before it as `history` asks for, unless they are here.
  void bring(const sdk::Call& call, const std::string& commit);
  bool has_tree(const sdk::Call& call, const std::string& commit) const;
  // Brings blobs, in one request where none of them is too large. What could not be had fails in blob().
  void bring_blobs(const sdk::Call& call, const std::set<std::string>& blobs);
  // Throws where it is too large, or cannot be had.
  std::string blob(const sdk::Call& call, const std::string& id);
  // When the commit was made, in ISO 8601.
  std::string date_of(const sdk::Call& call, const std::string& commit) const;

  const Program& program() const { return program_; }

 private:
  class Lock;
  void prepare_directory(const sdk::Call& call, const std::string& object_id);
  bool is_here(const sdk::Call& call, const std::string& commit) const;
  std::set<std::string> missing(const sdk::Call& call, const std::set<std::string>& blobs) const;
  void fetch_blobs(const sdk::Call& call, const std::vector<std::string>& blobs);
  void fail_blobs(const std::vector<std::string>& blobs, const sdk::Failure& failure);
  std::optional<std::string> read_blob(const sdk::Call& call, const std::string& id);
  void check_known(const std::string& id) const;
  std::string read_line(const sdk::Call& call);

  const Options& options_;
  const Program program_;
  sdk::Descriptor in_use_;  // the lock that says so
  mutable std::mutex mutex_;
  std::map<std::string, sdk::Failure> failed_;  // blobs that could not be had
  std::mutex reading_;
  std::unique_ptr<sdk::Process> reader_;  // git cat-file --batch
};

// The ref that the options name, in one advertisement of the remote's. Throws where there is none.
Head ask_head(const sdk::Call& call, const Options& options, const Address& address);

}  // namespace freshet::loader_git
