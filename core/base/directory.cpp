#include "core/base/directory.hpp"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

namespace freshet::base {

std::vector<std::string> list_directory(const std::string& directory, std::error_code& problem) {
  problem.clear();
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(opendir(directory.c_str()), &closedir);
  if (open == nullptr) {
    problem.assign(errno, std::generic_category());
    return names;
  }
  for (errno = 0; const dirent* entry = readdir(open.get()); errno = 0) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) problem.assign(errno, std::generic_category());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace freshet::base
