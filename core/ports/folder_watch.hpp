// core/ports/folder_watch.hpp - notices what changes below folders, so that nobody has to list them for it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace freshet::ports {

// What was noticed since the last look.
struct FolderChanges {
  std::vector<std::size_t> changed;  // numbers of folders, in order, each once
  // What was not noticed, and cannot be: by the number of its folder. It is told once, and the folder
  // counts as changed when it is watched again.
  std::vector<std::pair<std::size_t, base::Error>> blind;
};

// For one thread at a time.
class FolderWatch {
 public:
  virtual ~FolderWatch() = default;

  // Watches these, directories with all below them or single files, and nothing of before; what is not
  // there yet is waited for. The folders have the numbers of their places in the list.
  virtual base::Status watch(std::vector<std::string> folders) = 0;
  // Does not wait. That a folder changed says no more: whoever wants to know lists it.
  virtual FolderChanges look() = 0;
};

// By inotify. Fails with unsupported where the system has none.
base::Result<std::unique_ptr<FolderWatch>> make_folder_watch();

}  // namespace freshet::ports
