#include "scale.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "core/policy/adaptive.hpp"
#include "core/policy/adaptive_purse.hpp"

namespace freshet::bench {
namespace {

constexpr base::Millis day{86'400'000};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

void print_scale(std::size_t count) {
  constexpr std::size_t folders = 1000, round = 1024;
  std::mt19937_64 random(1);
  const base::Instant begin{0};
  policy::SourceLearnt source;
  std::vector<policy::Tally> tallies(folders);
  std::vector<policy::PageLearnt> pages;
  for (std::size_t at = 0; at < count; ++at)
    pages.push_back(policy::begin(source, tallies[at % folders], begin));
  for (std::size_t at = 0; at < count; at += 7) {
    const auto waited = static_cast<std::int64_t>(random() % 30) + 1;
    policy::observe(source, tallies[at % folders], pages[at], begin + day * waited,
                    random() % 40 == 0);
  }
  std::vector<std::pair<double, std::uint32_t>> order(count);
  const double before = cpu_seconds();
  constexpr int times = 5;
  for (int time = 0; time < times; ++time) {
    const base::Instant now = begin + day * (40 + time);
    for (std::uint32_t at = 0; at < count; ++at)
      order[at] = {policy::worth(source, tallies[at % folders], pages[at], now), at};
    std::partial_sort(order.begin(), order.begin() + std::min(round, count), order.end(),
                      std::greater<>());
  }
  const double each = (cpu_seconds() - before) / times / static_cast<double>(count);
  std::printf("%zu pages: a decision takes %.0f ns of CPU; the best is worth %.3g\n", count,
              each * 1e9, order.front().first);
}

}  // namespace freshet::bench
