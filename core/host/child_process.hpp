// core/host/child_process.hpp - a program that is started, given its input, and watched to its end.
//
// Never by fork(): this process may have threads, and locks that they hold. Nothing of this process
// is inherited but its environment and its working directory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/instant.hpp"

namespace freshet::host {

// What was left when a program had ended, or was killed.
struct Ending {
  bool in_time = false;
  bool left_processes = false;  // something that it had started went on after it
  std::optional<int> status;    // as waitpid gives it; nothing where somebody else has taken it
  std::string output, errors;   // what it wrote to 1 and 2, cut when long
  std::string channel;          // what it wrote to 3
};

// Runs `program`, an absolute path, in a process group of its own, with `input` to read from 0.
// When it has ended, its time is over, or it is cancelled, the whole group is killed. Fails where it
// cannot be started, and where it was cancelled.
base::Result<Ending> run_program(const std::string& program,
                                 const std::vector<std::string>& arguments, std::string_view input,
                                 base::Millis limit, const base::Cancel& cancel = {});

}  // namespace freshet::host
