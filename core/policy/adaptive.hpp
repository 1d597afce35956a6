// core/policy/adaptive.hpp - which page is worth a request, learnt from what requests have found.
//
// Documentation does not change page by page but in commits that touch many pages at once. So what is
// learnt of a page is little: how often it changed against what was expected of it. The rest is learnt
// of its source and its folder: what was found there since this page was last looked at, against what
// was expected, says how much likelier it is to have changed, too. All of it is values: nothing here
// reads a clock, keeps a thread or draws by chance. docs/decisions/2026-11-28-which-page-is-worth-a-request.md has the formulas.
#pragma once

#include <cstdint>

#include "core/base/instant.hpp"
#include "core/policy/adaptive_hazard.hpp"

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

// What a listing says of a page: nothing, or whether its `lastmod` is another than at the last look.
enum class Hint : std::uint8_t { none, stayed, moved };

// How far the listing of a source has earned trust: how often pages that changed had moved in it, and
// how often pages that had not.
class Signal {
 public:
  // Of a page that changed with probability `before`, now that the listing has said this.
  double after(double before, Hint hint) const;
  void observe(Hint hint, bool changed);

 private:
  struct Count {
    float moved = 1, all = 2;
    double share() const { return moved / all; }
  };
  Count changed_, same_;
};

struct SourceLearnt {
  Hazard hazard;
  Tally tally;
  Signal signal;
};

// A page whose content is new or first seen now.
PageLearnt begin(const SourceLearnt& source, const Tally& folder, base::Instant now);

// The probability that the page has changed since it was last looked at.
double changed_by_now(const SourceLearnt& source, const Tally& folder, const PageLearnt& page,
                      base::Instant now, Hint hint = Hint::none);

// What a request is worth: that probability times how long the answer is likely to stay true.
double worth(const SourceLearnt& source, const Tally& folder, const PageLearnt& page,
             base::Instant now, Hint hint = Hint::none);

// The page was looked at. Learns from what was found, for the page, its folder and its source.
void observe(SourceLearnt& source, Tally& folder, PageLearnt& page, base::Instant now, bool changed,
             Hint hint = Hint::none);

}  // namespace freshet::policy
