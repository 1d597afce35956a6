#include "core/policy/adaptive_hazard.hpp"

#include <algorithm>
#include <limits>

namespace freshet::policy {
namespace {

constexpr double usual_rate = .01;  // changes of a page a day
// Against that rate, in three histories of documentation: right after a change, and years after it.
constexpr std::array<double, 12> usual_shape{8, 6, 4, 3, 2.5, 2, 1.5, 1.2, .8, .5, .3, .2};

// Calls `use` with each band that ages from `from` to `to` pass through, and the days spent in it.
template <typename Bands, typename Use>
void walk(Bands& bands, double from, double to, Use use) {
  double begin = 0, end = .5;
  for (auto& band : bands) {
    if (&band == &bands.back()) end = std::numeric_limits<double>::infinity();
    const double days = std::min(to, end) - std::max(from, begin);
    if (days > 0) use(band, days);
    begin = end;
    end *= 2;
  }
}

}  // namespace

Hazard::Hazard() {
  for (std::size_t at = 0; at < bands; ++at)
    bands_[at] = {1, static_cast<float>(1 / (usual_rate * usual_shape[at]))};
}

double Hazard::expected(double from, double to) const {
  double sum = 0;
  walk(bands_, from, to, [&](const Band& band, double days) { sum += band.rate() * days; });
  return sum;
}

void Hazard::observe(double from, double to, double factor, bool changed) {
  const double all = expected(from, to);
  if (all <= 0) return;
  // Where it changed, the rest of the time it was a page that had changed: half of it, on the average.
  const double exposed = changed ? .5 * factor : factor;
  walk(bands_, from, to, [&](Band& band, double days) {
    const double share = band.rate() * days / all;
    band.days += static_cast<float>(days * exposed);
    if (changed) band.changes += static_cast<float>(share);
  });
}

}  // namespace freshet::policy
