// core/backup/folder.hpp - a backup in a directory.
#pragma once

#include <memory>
#include <string>

#include "core/backup/place.hpp"

namespace freshet::backup {

// `create`: makes the directory where it is missing, for this user alone. `shared`: whoever may
// write there is trusted.
base::Result<std::unique_ptr<Place>> open_folder(const std::string& path, bool create, bool shared);

}  // namespace freshet::backup
