// core/host/search_path.hpp - where plugins are looked for, in which order, and why.
#pragma once

#include <string>
#include <vector>

namespace freshet::host {

struct Place {
  std::string directory;
  std::string origin;  // "given", "FRESHET_PLUGIN_PATH", "user", "freshet"
};

// What the order depends on, apart from the directories given in code.
struct Surroundings {
  bool secure = false;  // the program runs with more rights than its user: no variable is believed
  std::string plugin_path;  // FRESHET_PLUGIN_PATH
  std::string data_home;    // XDG_DATA_HOME
  std::string home;         // HOME
  std::string beside;       // the plugins that came with this freshet; empty: unknown
};

Surroundings surroundings();

// The directories given, then FRESHET_PLUGIN_PATH, the user's own, and those beside libfreshet.
// Relative ones are kept for the caller to refuse: the working directory is never searched.
std::vector<Place> search_places(const std::vector<std::string>& given, const Surroundings& around);

}  // namespace freshet::host
