#include "loader_git/glob.hpp"

#include <re2/re2.h>

#include <algorithm>

#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/glob.hpp>

namespace freshet::loader_git {
namespace {

std::shared_ptr<const re2::RE2> compile(std::string_view glob, const std::string& path) {
  if (glob.starts_with("./")) glob.remove_prefix(2);
  while (glob.starts_with('/')) glob.remove_prefix(1);
  while (glob.ends_with('/')) glob.remove_suffix(1);
  if (glob.empty()) throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "an empty glob", path);
  re2::RE2::Options options(re2::RE2::Latin1);  // names of files are bytes
  options.set_log_errors(false);
  options.set_dot_nl(true);
  auto regex = std::make_shared<const re2::RE2>(sdk::glob_to_regex(glob) + "(?:/.*)?", options);
  if (!regex->ok())
    throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "not a usable glob: " + regex->error(), path);
  return regex;
}

}  // namespace

Globs::Globs(const std::vector<std::string>& globs, const std::string& key) {
  for (std::size_t i = 0; i < globs.size(); ++i)
    regexes_.push_back(compile(globs[i], key + "[" + std::to_string(i) + "]"));
}

bool Globs::match(std::string_view path) const {
  return std::any_of(regexes_.begin(), regexes_.end(),
                     [&](const auto& regex) { return re2::RE2::FullMatch(path, *regex); });
}

}  // namespace freshet::loader_git
