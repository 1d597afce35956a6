// core/read/file_access.hpp - one file's bytes, and its URI.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.hpp"

namespace freshet::read {

// The bytes of a regular file of at most `most_bytes`. Never waits on a pipe or a device, and does
// not follow a symbolic link.
base::Result<std::string> read_file(const std::string& path, std::uint64_t most_bytes);

// "file:///a%20b.md" of an absolute path.
std::string file_uri(const std::string& path);

}  // namespace freshet::read
