// loader_files/glob.hpp - globs over paths relative to the root, matched by RE2 in linear time.
//
// * and ? stop at a slash, ** does not. A glob without a slash matches at any depth; one with a
// slash matches from the root ("/notes.md" is the one at the top). What matches a directory matches
// all below it, so "docs/" and "docs" are whole trees.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace freshet::loader_files {

class Globs {
 public:
  Globs() = default;
  // What is wrong with a glob throws sdk::Failure with `key` in its subject.
  Globs(const std::vector<std::string>& globs, const std::string& key);

  bool empty() const { return regexes_.empty(); }
  bool match(std::string_view path) const;

 private:
  std::vector<std::shared_ptr<const re2::RE2>> regexes_;
};

}  // namespace freshet::loader_files
