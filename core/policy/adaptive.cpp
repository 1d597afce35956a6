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

// The probability that the page has changed, whatever its listing says.
double unheard(const SourceLearnt& source, const Tally& folder, const PageLearnt& page,
               base::Instant now) {
  const double site = busier(page.source, source.tally, source_doubt, 1);
  const double here = busier(page.folder, folder, folder_doubt, site);
  return 1 - std::exp(-expected(source, page, now) * here);
}

}  // namespace

PageLearnt begin(const SourceLearnt& source, const Tally& folder, base::Instant now) {
  return {now, now, 0, 0, folder, source.tally};
}

double changed_by_now(const SourceLearnt& source, const Tally& folder, const PageLearnt& page,
                      base::Instant now, Heard heard) {
  return source.signal(heard.by).after(unheard(source, folder, page, now), heard.hint);
}

double worth(const SourceLearnt& source, const Tally& folder, const PageLearnt& page,
             base::Instant now, Heard heard) {
  const double rate = expected(source, page, now) / std::max(days(now - page.checked), least_days);
  const double bounded = std::max(rate, least_rate);
  // An optimal interval goes with the root of the rate, and what changes at once is not worth asking.
  return changed_by_now(source, folder, page, now, heard) / (std::sqrt(bounded) + bounded);
}

double stale_if_asked_every(const SourceLearnt& source, const PageLearnt& page, base::Instant now,
                            double interval) {
  constexpr int points = 4;
  const double age = std::max(days(now - page.changed), interval);
  double sum = 0;
  for (int at = 0; at < points; ++at) {
    const double waited = interval * (at + .5) / points;
    sum += 1 - std::exp(-source.hazard.expected(age - waited, age) * factor(page));
  }
  return sum / points;
}

void observe(SourceLearnt& source, Tally& folder, PageLearnt& page, base::Instant now, bool changed,
             Heard heard) {
  const Ages age = ages(page, now);
  const double all = source.hazard.expected(age.from, age.to);
  Signal& signal = source.signals[static_cast<std::size_t>(heard.by)];
  const std::uint32_t found = changed ? in_units(1) : 0;
  // What the listing said is no surprise, and tells nothing of the neighbours.
  const std::uint32_t likely =
      in_units(signal.after(1 - std::exp(-all * factor(page)), heard.hint));
  signal.observe(heard.hint, unheard(source, folder, page, now), changed);
  for (Tally* tally : {&source.tally, &folder}) {
    tally->found += found;
    tally->expected += likely;
  }
  source.hazard.observe(age.from, age.to, factor(page), changed);
  page.found += changed ? 1.F : 0.F;
  page.expected += static_cast<float>(changed ? all / 2 : all);
  page.checked = now;
  if (changed) page.changed = now;
  page.folder = folder;
  page.source = source.tally;
}

}  // namespace freshet::policy
