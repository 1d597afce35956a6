// core/ports/random.hpp - chance, so that a simulation can repeat it.
#pragma once

#include <cstdint>

namespace freshet::ports {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t draw() = 0;  // every number is as likely, and none can be foretold
};

// The machine's own; lives as long as the program.
Random& system_random();

}  // namespace freshet::ports
