// loader_git/names.hpp - what the files of a repository are called: their URIs, titles, and web pages.
//
// A URI bears the ref that was asked for, or HEAD, and never a commit: it names the file for as long as
// there is one, also when the default branch gets another name.
#pragma once

#include <optional>
#include <string>

#include <freshet/sdk/json.hpp>

#include "loader_git/module.hpp"
#include "loader_git/options.hpp"

namespace freshet::loader_git {

class Names {
 public:
  explicit Names(const Options& options);

  std::string uri_of(const std::string& path) const;
  // Nothing where it is no URI that uri_of() makes of a path.
  std::optional<std::string> path_of(const std::string& uri) const;
  std::string title_of(const std::string& path) const;
  // What stays true of a file while its repository moves on. A submodule moves with each of its commits.
  nlohmann::json metadata_of(const Module& module, const std::string& path) const;
  // What is true of it at the commit of the module that it is in.
  nlohmann::json metadata_at(const Module& module, const std::string& path) const;

 private:
  const Options& options_;
  const std::string prefix_;  // with a slash at its end
};

}  // namespace freshet::loader_git
