// loader_files/uri.hpp - paths as URIs: every byte that is not unreserved or a slash is escaped, so
// that any file name makes a URI, and one URI only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace freshet::loader_files {

std::string escape_path(std::string_view path);

// The relative path behind an escaped one. Nothing where it is not one that escape_path() makes of
// a path without empty, "." and ".." parts.
std::optional<std::string> unescape_path(std::string_view escaped);

// Is every part of a relative path a name, and no way out?
bool is_safe_path(std::string_view path);

}  // namespace freshet::loader_files
