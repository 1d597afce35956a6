#include "core/policy/adaptive_signal.hpp"

#include <algorithm>

namespace freshet::policy {
namespace {

constexpr double doubt = 2;  // changes, before what was found outweighs what was expected
constexpr double most_looks = 8192, most_expected = 128;  // then each counts half

constexpr double least_lift = 3;    // of pages that moved: their odds are three times as high
constexpr double most_missed = .5;  // of pages that stayed: a change in two was told
// Of what it names, for it to be trusted: when half of a site changes at once, the time of a build is right of half.
constexpr double least_precision = .8;
constexpr double covered = .05;  // one in twenty is missed

}  // namespace

double Signal::Count::lift() const {
  const double same = looks - found, not_expected = looks - expected;
  return (found + doubt) / (same + doubt) * (not_expected + doubt) / (expected + doubt);
}

double Signal::Count::share() const { return (found + doubt) / (expected + doubt); }

Signal::Count Signal::all() const {
  return {moved_.looks + stayed_.looks, moved_.found + stayed_.found,
          moved_.expected + stayed_.expected};
}

// In a quiet year less is found of all pages than was expected, and the listing has no part in it.
double Signal::missed() const {
  return std::min(stayed_.share() / std::min(all().share(), 1.), 1.);
}

double Signal::lift(Hint hint) const {
  if (hint == Hint::moved) return moved_.lift() / std::max(stayed_.lift(), 1.);
  return stayed_.lift() / std::min(all().lift(), 1.);
}

bool Signal::is_heeded(Hint hint) const {
  if (hint == Hint::moved) return lift(hint) >= least_lift;
  return hint == Hint::stayed && missed() <= most_missed;
}

bool Signal::covers() const { return missed() <= covered && precision() >= least_precision; }

double Signal::precision() const { return moved_.looks > 0 ? moved_.found / moved_.looks : 0; }

double Signal::after(double before, Hint hint) const {
  if (!is_heeded(hint)) return before;
  const double odds = lift(hint) * before / std::max(1 - before, 1e-9);
  return odds / (1 + odds);
}

void Signal::observe(Hint hint, double before, bool changed) {
  if (hint == Hint::none) return;
  Count& count = hint == Hint::moved ? moved_ : stayed_;
  count.looks += 1;
  count.found += changed ? 1.F : 0.F;
  count.expected += static_cast<float>(before);
  if (count.looks < most_looks && count.expected < most_expected) return;
  count = {count.looks / 2, count.found / 2, count.expected / 2};
}

}  // namespace freshet::policy
