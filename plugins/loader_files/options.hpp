// loader_files/options.hpp - the options, read and checked. docs/loaders.md explains them, the
// manifest gives their defaults.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <freshet/sdk/json.hpp>

#include "support/globs.hpp"

namespace freshet::loader_files {

struct Options {
  std::string path;        // absolute; a directory, or one file
  std::string uri_prefix;  // of all URIs, without a slash at its end
  support::Globs include, exclude;
  std::set<std::string, std::less<>> extensions;  // in lower case, without the dot; "" is none
  std::set<std::string, std::less<>> excluded_directories;
  std::string relative_path;  // where the walk begins, below path; or ""
  std::int64_t max_file_size = 10 << 20;
  bool follow_symlinks = false;
  std::int64_t max_depth = -1;  // directories below the first; -1: no limit
  std::uint64_t max_entries = 1'000'000;

  bool takes_name(std::string_view name) const;  // by its extension
};

Options read_options(const nlohmann::json& json);

}  // namespace freshet::loader_files
