// core/host/scratch.hpp - a directory of its own for as long as it is needed.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace freshet::host {

class Scratch {
 public:
  Scratch() {
    std::error_code problem;
    std::string name =
        (std::filesystem::temp_directory_path(problem) / "freshet-check-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }  // empty: none could be made

 private:
  std::string path_;
};

}  // namespace freshet::host
