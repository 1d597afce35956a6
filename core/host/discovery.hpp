// core/host/discovery.hpp - reads the manifests along the search path. Runs no plugin code.
#pragma once

#include <string>
#include <vector>

#include "core/host/manifest.hpp"
#include "core/host/search_path.hpp"

namespace freshet::host {

// A place, and what was made of it: "2 plugins", "does not exist".
struct Looked {
  Place place;
  std::string found;
};

struct Discovery {
  std::vector<Looked> looked;         // in the order of the search
  std::vector<Manifest> manifests;    // in that order, and by file name within a place
  std::vector<std::string> problems;  // one line each
};

Discovery discover(const std::vector<Place>& places);

}  // namespace freshet::host
