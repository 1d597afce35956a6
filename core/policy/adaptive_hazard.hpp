// core/policy/adaptive_hazard.hpp - how often pages change, by the time since they last did.
//
// A page that changed today is likely to change again this week, and one that has stood for two years
// is not. That is learnt from what is found: each look at a page tells only whether it changed since
// the look before, so a change is shared out over the ages that the page passed through meanwhile.
#pragma once

#include <array>
#include <cstddef>

namespace freshet::policy {

class Hazard {
 public:
  // Begins with what is common, so weakly that a few changes of this source outweigh it.
  Hazard();

  // Changes to be expected of an average page while its age grows `from` days `to` days.
  double expected(double from, double to) const;

  // A page that changes `factor` times as often as the average was looked at, at these ages.
  void observe(double from, double to, double factor, bool changed);

 private:
  static constexpr std::size_t bands =
      12;  // of half a day, and each twice as long as the one before
  struct Band {
    float changes = 0, days = 0;
    double rate() const { return changes / days; }
  };
  std::array<Band, bands> bands_;
};

}  // namespace freshet::policy
