// cli/file_paths.hpp - a relative path in freshet.toml means one below the folder of that file, not
// below the directory that the program happens to be started from.
#pragma once

#include <string>

#include <freshet/sdk/json.hpp>

namespace freshet::cli {

// Makes every path in `values`, the content of the file, absolute. Which options are paths is said
// by the plugins' schemas ("format": "path"). Throws freshet::Error where plugins cannot be listed.
void resolve_paths(const std::string& file, nlohmann::json& values);

}  // namespace freshet::cli
