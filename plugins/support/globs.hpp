// support/globs.hpp - globs over paths relative to a root, matched by RE2 in linear time.
//
// * and ? stop at a slash, ** does not; "**/" is any number of folders, none included. What matches a
// folder matches all below it, so "docs" and "docs/" are whole trees.
#pragma once

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <freshet/sdk/call.hpp>
#include <freshet/sdk/glob.hpp>

namespace freshet::support {

// What a glob without a slash is held against; one with a slash is held against the whole path.
enum class Bare {
  name,  // as rsync and .gitignore have it: "*.md" at any depth, "/notes.md" the one at the top
  path   // as Python's pathlib has it: "*.md" at the top, "**/*.md" at any depth
};

class Globs {
 public:
  Globs() = default;
  // What is wrong with a glob throws sdk::Failure with `key` in its subject.
  Globs(const std::vector<std::string>& globs, const std::string& key, Bare bare) {
    for (std::size_t i = 0; i < globs.size(); ++i)
      regexes_.push_back(compile(globs[i], key + "[" + std::to_string(i) + "]", bare));
  }

  bool empty() const { return regexes_.empty(); }
  bool match(std::string_view path) const {
    return std::any_of(regexes_.begin(), regexes_.end(),
                       [&](const auto& regex) { return re2::RE2::FullMatch(path, *regex); });
  }

  // False: nothing below this folder matches, whatever its name.
  bool may_match_below(std::string_view folder) const {
    return std::any_of(globs_.begin(), globs_.end(),
                       [&](const std::string& glob) { return may_match_below(glob, folder); });
  }

 private:
  // Part by part, as far as both go, or up to one that may be any number of folders.
  static bool may_match_below(std::string_view glob, std::string_view folder) {
    while (!glob.empty() && !folder.empty()) {
      const std::string_view part = take_part(glob);
      if (part.find("**") != std::string_view::npos) return true;
      const re2::RE2 regex(sdk::glob_to_regex(part), re2::RE2::Latin1);
      if (!re2::RE2::FullMatch(take_part(folder), regex)) return false;
    }
    return true;
  }

  static std::string_view take_part(std::string_view& path) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    return part;
  }

  using Regex = std::shared_ptr<const re2::RE2>;

  Regex compile(std::string_view glob, const std::string& at, Bare bare) {
    while (glob.ends_with('/')) glob.remove_suffix(1);
    const bool anywhere = bare == Bare::name && glob.find('/') == std::string_view::npos;
    if (glob.starts_with("./")) glob.remove_prefix(2);
    while (glob.starts_with('/')) glob.remove_prefix(1);
    if (glob.empty()) throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "an empty glob", at);
    globs_.push_back((anywhere ? "**/" : "") + std::string(glob));
    re2::RE2::Options options(re2::RE2::Latin1);  // names of files are bytes
    options.set_log_errors(false);
    options.set_dot_nl(true);
    auto regex = std::make_shared<const re2::RE2>(
        (anywhere ? "(?:.*/)?" : "") + sdk::glob_to_regex(glob) + "(?:/.*)?", options);
    if (!regex->ok())
      throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "not a usable glob: " + regex->error(), at);
    return regex;
  }

  std::vector<Regex> regexes_;
  std::vector<std::string> globs_;  // against whole paths
};

}  // namespace freshet::support
