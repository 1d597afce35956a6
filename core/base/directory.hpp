// core/base/directory.hpp - what lies in a directory. The iterators of std::filesystem end the
// process where there is no memory.
#pragma once

#include <string>
#include <system_error>
#include <vector>

namespace freshet::base {

// The names in `directory`, in order, without "." and "..". After a problem: those read before it.
std::vector<std::string> list_directory(const std::string& directory, std::error_code& problem);

}  // namespace freshet::base
