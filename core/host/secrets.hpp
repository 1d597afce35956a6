// core/host/secrets.hpp - what stands behind "env:NAME" and "file:/path".
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace freshet::host {

// Fails with Code::denied, naming the variable or the file, never what is in it. `warn` is told of
// a file that others may read. A trailing line break is not part of a secret.
base::Result<std::string> read_secret(const std::string& reference,
                                      const std::function<void(const std::string&)>& warn);

}  // namespace freshet::host
