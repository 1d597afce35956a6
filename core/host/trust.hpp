// core/host/trust.hpp - may code be loaded from this path? Only where nobody else can have put it.
#pragma once

#include <string>

#include "core/base/error.hpp"

namespace freshet::host {

// Fails with Code::plugin unless `path` passes base::resolve_trusted().
base::Status trusted(const std::string& path);

// The text of a regular file of at most `most` bytes; pipes and devices are refused, not waited
// for.
base::Result<std::string> read_small_file(const std::string& path, std::size_t most);

}  // namespace freshet::host
