#include "core/policy/adaptive.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace freshet::policy {
namespace {

// How much is to be found before it outweighs what was believed, in changes. Chosen on three histories
// of documentation, and tried on six others.
constexpr double page_doubt = 5, folder_doubt = 4, source_doubt = 60;

constexpr double least_days = .25;   // a rate is not told from less
constexpr double least_rate = 1e-5;  // changes a day

double days(base::Millis span) {
  return std::max(std::chrono::duration<double, std::chrono::days::period>(span).count(), 0.);
}

constexpr double units =
    1 << 14;  // of a tally: a quarter of a million changes may lie between two looks

std::uint32_t in_units(double number) {
  return static_cast<std::uint32_t>(std::lround(number * units));
}

double since(std::uint32_t then, std::uint32_t now) {
  return static_cast<double>(static_cast<std::uint32_t>(now - then)) / units;
}

// Changes found since `then` against those expected, where `doubt` changes went as `believed` says.
double busier(const Tally& then, const Tally& now, double doubt, double believed) {
  return (doubt * believed + since(then.found, now.found)) /
         (doubt + since(then.expected, now.expected));
}

double factor(const PageLearnt& page) {
  return (page.found + page_doubt) / (page.expected + page_doubt);
}

struct Ages {
  double from, to;
};
Ages ages(const PageLearnt& page, base::Instant now) {
  const double from = days(page.checked - page.changed);
  return {from, std::max(days(now - page.changed), from)};
}

// Changes expected of the page since it was last looked at, whatever was found elsewhere meanwhile.
double expected(const SourceLearnt& source, const PageLearnt& page, base::Instant now) {
  const Ages age = ages(page, now);
  return source.hazard.expected(age.from, age.to) * factor(page);
}

}  // namespace

double Signal::after(double before, Hint hint) const {
  if (hint == Hint::none) return before;
  const bool moved = hint == Hint::moved;
  const double if_changed = moved ? changed_.share() : 1 - changed_.share();
  const double if_same = moved ? same_.share() : 1 - same_.share();
  return before * if_changed / (before * if_changed + (1 - before) * if_same);
}

void Signal::observe(Hint hint, bool changed) {
  if (hint == Hint::none) return;
  Count& count = changed ? changed_ : same_;
  count.all += 1;
  if (hint == Hint::moved) count.moved += 1;
}

PageLearnt begin(const SourceLearnt& source, const Tally& folder, base::Instant now) {
  return {now, now, 0, 0, folder, source.tally};
}

double changed_by_now(const SourceLearnt& source, const Tally& folder, const PageLearnt& page,
                      base::Instant now, Hint hint) {
  const double site = busier(page.source, source.tally, source_doubt, 1);
  const double here = busier(page.folder, folder, folder_doubt, site);
  return source.signal.after(1 - std::exp(-expected(source, page, now) * here), hint);
}

double worth(const SourceLearnt& source, const Tally& folder, const PageLearnt& page,
             base::Instant now, Hint hint) {
  const double rate = expected(source, page, now) / std::max(days(now - page.checked), least_days);
  const double bounded = std::max(rate, least_rate);
  // An optimal interval goes with the root of the rate, and what changes at once is not worth asking.
  return changed_by_now(source, folder, page, now, hint) / (std::sqrt(bounded) + bounded);
}

void observe(SourceLearnt& source, Tally& folder, PageLearnt& page, base::Instant now, bool changed,
             Hint hint) {
  const Ages age = ages(page, now);
  const double all = source.hazard.expected(age.from, age.to);
  const std::uint32_t found = changed ? in_units(1) : 0;
  const std::uint32_t likely = in_units(1 - std::exp(-all * factor(page)));
  for (Tally* tally : {&source.tally, &folder}) {
    tally->found += found;
    tally->expected += likely;
  }
  source.signal.observe(hint, changed);
  source.hazard.observe(age.from, age.to, factor(page), changed);
  page.found += changed ? 1.F : 0.F;
  page.expected += static_cast<float>(changed ? all / 2 : all);
  page.checked = now;
  if (changed) page.changed = now;
  page.folder = folder;
  page.source = source.tally;
}

}  // namespace freshet::policy
