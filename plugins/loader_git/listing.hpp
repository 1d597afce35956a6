// loader_git/listing.hpp - what a commit has for a knowledge base, and what has changed since another.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_git/module.hpp"
#include "loader_git/names.hpp"
#include "loader_git/tree.hpp"

namespace freshet::loader_git {

// Tells the sink of the files that the options take, and says in the log what was left out and why.
class Lister {
 public:
  Lister(const sdk::Call& call, const Options& options, const Names& names,
         const std::vector<Module>& modules, const sdk::ListingSink& sink)
      : call_(call), options_(options), names_(names), modules_(modules), sink_(sink) {}

  sdk::Listing list_all();
  // What differs from another commit, whose submodules are the same.
  sdk::Listing list_changes(const std::string& from);

 private:
  bool is_taken(const File& file, bool count);
  void tell(const Module& module, const File& file);
  // False: there are too many files.
  bool list_module(const Module& module);
  std::string failures() const;
  void log_left_out() const;

  const sdk::Call& call_;
  const Options& options_;
  const Names& names_;
  const std::vector<Module>& modules_;
  const sdk::ListingSink& sink_;
  std::uint64_t seen_ = 0;
  std::map<std::string, std::uint64_t> left_out_;  // by the reason
};

}  // namespace freshet::loader_git
