// loader_git/glob.hpp - globs over the paths of a repository, matched by RE2 in linear time.
//
// A glob is held against the whole path, as Python's pathlib and the shell's globstar do: * and ? stop at
// a slash, "**/" is any number of folders, none included. What matches a folder matches all below it,
// so "docs" and "docs/" are whole trees; "README.md" is the one at the top, "**/README.md" each.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace freshet::loader_git {

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

}  // namespace freshet::loader_git
