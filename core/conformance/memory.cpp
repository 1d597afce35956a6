#include "core/conformance/memory.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>

namespace freshet::conformance {
namespace {

// Bytes that are allocated, as far as the C library knows.
std::size_t allocated() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace

// What is kept for good is there after the first rounds; what goes on growing is lost.
void keeps_its_size(Bench& bench, const std::string& what, const std::function<bool()>& round) {
  constexpr int rounds = 20;
  constexpr std::size_t most_a_round = 16 * 1024;
  constexpr std::chrono::seconds enough{5};
  const auto end = std::chrono::steady_clock::now() + enough;
  std::size_t sizes[3] = {};
  for (std::size_t& size : sizes) {
    for (int i = 0; i < rounds; ++i) {
      if (std::chrono::steady_clock::now() > end) return bench.skip(what + " takes too long");
      if (!round()) return;
    }
    size = allocated();
  }
  const auto grew = [&](int from) { return sizes[from + 1] > sizes[from] + rounds * most_a_round; };
  bench.that(!grew(0) || !grew(1),
             fmt::format("it keeps {} bytes more with each {}",
                         (sizes[2] - std::min(sizes[2], sizes[1])) / rounds, what));
}

}  // namespace freshet::conformance
