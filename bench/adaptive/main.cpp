// adaptive_bench TRACE... - replays when pages really changed, and prints how stale each policy leaves them
// at the same budget: per cent of page-days with an older content than the site's, and requests.
#include <cmath>
#include <cstdio>

#include "optimum.hpp"
#include "rivals.hpp"
#include "scale.hpp"

namespace {

using freshet::bench::Listing;
using freshet::bench::Outcome;
using freshet::bench::Trace;

Outcome run(const Trace& trace, const char* name, double budget, Listing listing = Listing::none) {
  const auto rival = freshet::bench::make_rival(name, trace, budget);
  return freshet::bench::replay(trace, *rival, budget, listing);
}

void print(const char* name, const Outcome& outcome, double ttl) {
  std::printf("  %-26s stale %7.3f %%  %8ld requests %7ld listings  %.2f times less stale\n", name,
              outcome.stale, outcome.requests, outcome.listings, ttl / outcome.stale);
}

// The five pages of Cho and Garcia-Molina, by the formula and drawn.
void print_five_pages() {
  const std::vector<double> rates{1, 2, 3, 4, 5};
  const std::vector<double> best = freshet::bench::best_frequencies(rates, 5);
  std::printf("five pages that change 1 to 5 times a day, five requests a day: the best are");
  for (const double frequency : best) std::printf(" %.2f", frequency);
  std::puts("");
  const auto print = [&](const char* name, const std::vector<double>& frequencies) {
    std::printf("  %-12s fresh %.3f by the formula, %.3f drawn\n", name,
                freshet::bench::freshness(rates, frequencies),
                freshet::bench::drawn_freshness(rates, frequencies, 200'000, 1));
  };
  print("best", best);
  print("uniform", {1, 1, 1, 1, 1});
  print("proportional", {1 / 3., 2 / 3., 1, 4 / 3., 5 / 3.});
  std::puts("");
}

// The TTL's staleness over that of `adaptive`, without a listing.
double compare(const Trace& trace, int days) {
  const double budget = 1. / days;
  std::printf(
      "%s, %zu pages, %d folders, %.0f days; a page is asked every %d days on the average\n",
      trace.name.c_str(), trace.pages.size(), trace.folders, trace.end - trace.begin, days);
  const double ttl = run(trace, "ttl", budget).stale;
  double ratio = 0;
  for (const char* name : {"ttl", "proportional", "aimd", "index", "adaptive", "oracle"}) {
    const Outcome outcome = run(trace, name, budget);
    print(name, outcome, ttl);
    if (name == std::string("adaptive")) ratio = ttl / outcome.stale;
  }
  print("adaptive, lastmod constant", run(trace, "adaptive", budget, Listing::constant), ttl);
  print("adaptive, lastmod of build", run(trace, "adaptive", budget, Listing::build), ttl);
  print("adaptive, lastmod honest", run(trace, "adaptive", budget, Listing::honest), ttl);
  print("  with a tenth of the budget", run(trace, "adaptive", budget / 10, Listing::honest), ttl);
  return ratio;
}

}  // namespace

int main(int count, char** values) {
  if (count < 2) {
    std::fputs("usage: adaptive_bench TRACE...\n", stderr);
    return 2;
  }
  print_five_pages();
  freshet::bench::print_scale(1'000'000);
  for (const int days : {7, 30}) {
    double sum = 0, least = 1e9;
    for (int at = 1; at < count; ++at) {
      const double ratio = compare(freshet::bench::read_trace(values[at]), days);
      sum += std::log(ratio);
      least = std::min(least, ratio);
    }
    std::printf("1/%d: %.2f times less stale than the TTL in the mean, %.2f at the least\n\n", days,
                std::exp(sum / (count - 1)), least);
  }
}
