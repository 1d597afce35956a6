// loader_git/options.hpp - the options, read and checked. docs/loaders.md explains them, the manifest gives
// their defaults.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <freshet/sdk/json.hpp>

#include "loader_git/address.hpp"
#include "support/globs.hpp"

namespace freshet::loader_git {

struct Options {
  Address address;
  Web web = Web::none;
  std::string ref;  // a branch, a tag, or a whole commit id; empty: what HEAD of the remote names
  std::string
      uri_prefix;  // what URIs begin with, without a slash at its end; empty: by address and ref
  support::Globs include, exclude;
  std::set<std::string, std::less<>> excluded_extensions;  // in lower case, without the dot
  std::string token, username, ssh_key, known_hosts;       // references, a name, a path
  std::string cache;  // the directory below which repositories are kept
  std::uint64_t max_file_size = 0, max_pack = 0, max_cache = 0, max_entries = 0;
  std::uint64_t history = 0;  // commits that are looked at for the last change of each file
  std::int64_t timeout_ms = 0;
  bool submodules = false;                             // their files, too
  std::set<std::string, std::less<>> submodule_hosts;  // beside the repository's own, in lower case

  bool is_commit() const;  // is ref one?
  // Is a file to be listed, as far as its name goes?
  bool takes(std::string_view path) const;
  // Is nothing to be listed below a folder, whatever its name?
  bool leaves_out_folder(const std::string& path) const;
};

Options read_options(const nlohmann::json& json);

// Is `text` a whole object id, of SHA-1 or SHA-256?
bool is_object_id(std::string_view text);

}  // namespace freshet::loader_git
