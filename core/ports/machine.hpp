// core/ports/machine.hpp - what the stages have of the machine: its time, its threads, its chance.
#pragma once

#include "core/ports/clock.hpp"
#include "core/ports/executor.hpp"
#include "core/ports/random.hpp"

namespace freshet::ports {

// References that are copied; all of them outlive whatever was given a copy. A clock alone is the
// machine as it is, at another time.
struct Machine {
  Machine(const Clock& of_time = system_clock(), Executor& of_work = thread_executor(),
          Random& of_chance = system_random())
      : clock(of_time), executor(of_work), random(of_chance) {}

  const Clock& clock;
  Executor& executor;
  Random& random;
};

}  // namespace freshet::ports
