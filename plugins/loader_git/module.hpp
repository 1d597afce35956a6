// loader_git/module.hpp - a repository at one commit, and the folder that it stands in: the repository that the
// options name, or one of its submodules.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loader_git/history.hpp"
#include "loader_git/mirror.hpp"

namespace freshet::loader_git {

struct Module {
  std::string path;  // the folder; empty: the repository that the options name
  Address address;
  Web web = Web::none;
  std::string commit;
  std::string date;                            // of the commit
  std::shared_ptr<Mirror> mirror;              // null: it cannot be had
  std::shared_ptr<const LastChanges> changes;  // of files, as far as `history` looks
  std::optional<sdk::Failure> failure;         // why it cannot be had

  // A path among all files, from one in this module, and back.
  std::string outside(const std::string& inside) const {
    return path.empty() ? inside : path + "/" + inside;
  }
  std::string inside(const std::string& outside) const {
    return path.empty() ? outside : outside.substr(path.size() + 1);
  }
};

// The repository of the options at `commit`, with its trees; and where the options ask for them its submodules, each
// after the one that it is in. One that cannot be had says why. Throws where the repository itself cannot.
std::vector<Module> open_modules(const sdk::Call& call, const Options& options,
                                 const std::string& commit);

// The one that a file is in.
const Module& module_of(const std::vector<Module>& modules, const std::string& path);

}  // namespace freshet::loader_git
