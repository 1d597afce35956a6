// core/policy/adaptive.hpp - which page is worth a request, learnt from what requests have found.
//
// Documentation does not change page by page but in commits that touch many pages at once. So what is
// learnt of a page is little: how often it changed against what was expected of it. The rest is learnt
// of its source and its folder: what was found there since this page was last looked at, against what
// was expected, says how much likelier it is to have changed, too. All of it is values: nothing here
// reads a clock, keeps a thread or draws by chance. docs/decisions/2026-11-28-which-page-is-worth-a-request.md has the formulas.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/instant.hpp"
#include "core/policy/adaptive_hazard.hpp"
#include "core/policy/adaptive_signal.hpp"

namespace freshet::policy {

// Changes found and changes expected, in units of 2^-14, modulo 2^32: only differences count.
struct Tally {
  std::uint32_t found = 0, expected = 0;
};

// What a source keeps of a page: 40 bytes, of which the repository has the instants already.
struct PageLearnt {
  base::Instant checked, changed;
  float found = 0, expected = 0;  // changes of this page
  Tally folder, source;           // theirs when this page was last looked at
};

// Who says it: times, such as a sitemap's `lastmod` or a feed's, or versions, such as a repository's refs.
enum class Teller : std::uint8_t { times, versions };

struct Heard {
  Heard(Hint what = Hint::none, Teller from = Teller::times) : hint(what), by(from) {}
  Hint hint;
  Teller by;
};

// Of requests that asked only for what had changed: how many were answered that nothing had, and of how
// many the content was another. A validator is believed, so it is known to be right of the others alone.
struct Validators {
  float asked = 0, same = 0, changed = 0;
};

struct SourceLearnt {
  Hazard hazard;
  Tally tally;
  std::array<Signal, 2> signals;  // of each teller
  Validators validators;

  const Signal& signal(Teller by) const { return signals[static_cast<std::size_t>(by)]; }
};

// A page whose content is new or first seen now.
PageLearnt begin(const SourceLearnt& source, const Tally& folder, base::Instant now);

// The probability that the page has changed since it was last looked at.
double changed_by_now(const SourceLearnt& source, const Tally& folder, const PageLearnt& page,
                      base::Instant now, Heard heard = {});

// What a request is worth: that probability times how long the answer is likely to stay true.
double worth(const SourceLearnt& source, const Tally& folder, const PageLearnt& page,
             base::Instant now, Heard heard = {});

// The share of its time that the page would be stale at its present age if it were asked every so many days, by
// what was found of its own past alone.
double stale_if_asked_every(const SourceLearnt& source, const PageLearnt& page, base::Instant now,
                            double days);

// The page was looked at. Learns from what was found, for the page, its folder and its source.
void observe(SourceLearnt& source, Tally& folder, PageLearnt& page, base::Instant now, bool changed,
             Heard heard = {});

}  // namespace freshet::policy
