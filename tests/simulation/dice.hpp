// tests/simulation/dice.hpp - all chance of a simulated run, from one seed.
#pragma once

#include <cstdint>

namespace freshet::simulation {

// SplitMix64: the same numbers on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t draw() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : draw() % end; }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1)));
  }
  bool hits(unsigned percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

}  // namespace freshet::simulation
