// core/service/folders.hpp - what changes by itself: the folders of a plan, and which sources are to be
// run for it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/ports/folder_watch.hpp"
#include "core/service/changes.hpp"
#include "core/service/plan.hpp"

namespace freshet::service {

// For one thread at a time.
class Folders {
 public:
  // Of a source, or of none, that cannot be watched, and waits for its schedule.
  using Blind = std::function<void(std::optional<std::size_t> source, const base::Error& error)>;

  // Watches those of `plan`, and nothing of before. Returns the sources that have any: nobody knows what
  // they have missed. None where the system has no means for it.
  std::vector<std::size_t> watch(const Plan& plan, const Blind& blind);
  // The sources whose changes are worth a run now.
  std::vector<std::size_t> look(Millis ticks, const Blind& blind);
  bool any_changes() const { return changes_.any(); }

 private:
  std::unique_ptr<ports::FolderWatch> watch_;  // null: nothing is watched
  std::vector<std::size_t> source_of_;         // by the number of a folder
  Changes changes_;
};

}  // namespace freshet::service
