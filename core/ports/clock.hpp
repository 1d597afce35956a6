// core/ports/clock.hpp - time, as the stages see it, so that tests can set it.
#pragma once

#include "core/base/instant.hpp"

namespace freshet::ports {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual base::Instant now() const = 0;       // wall clock: timestamps and schedules
  virtual base::Millis monotonic() const = 0;  // counts on through suspend: durations and deadlines
};

// The machine's own clock; lives as long as the program.
const Clock& system_clock();

}  // namespace freshet::ports
