// core/base/path.hpp - a path that means the same from any working directory.
#pragma once

#include <string>

#include "core/base/error.hpp"

namespace freshet::base {

// Fails where there is no working directory any more, and for "", which names nothing.
Result<std::string> absolute_path(const std::string& path);

}  // namespace freshet::base
