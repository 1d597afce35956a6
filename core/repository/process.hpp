// core/repository/process.hpp - who a process is, so that another can tell that it is no more.
#pragma once

#include <cstdint>

#include "core/base/digest.hpp"

namespace freshet::repository {

struct Process {
  base::Digest boot;  // empty where the system does not say
  std::uint64_t pid_namespace = 0;
  std::int64_t pid = 0;
  std::uint64_t started = 0;  // clock ticks since boot; tells apart those that bore one number
};

Process this_process();

// True only where it is certain: same boot and pid namespace, and no such process runs; or the
// machine has been started anew since.
bool is_dead(const Process& process, const Process& self);

}  // namespace freshet::repository
