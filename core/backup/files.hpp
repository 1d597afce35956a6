// core/backup/files.hpp - what both ends of a backup do with files: whom to trust there, and writing.
#pragma once

#include <string>
#include <string_view>

#include "core/base/trust.hpp"

namespace freshet::backup {

base::TrustRules rules_of(bool shared);

// All of it; `path` is the subject of an error.
base::Status write_all(int file, std::string_view bytes, const std::string& path);

}  // namespace freshet::backup
