// core/policy/adaptive_signal.hpp - what a listing says of a page, and how far it has earned to be believed.
//
// Of the pages that had moved in the listing, and of those that had not, as many changes are counted as
// requests found and as many as were expected without it. A listing that always moves, or never does, has
// found what was expected in both, and so says nothing. None has to be declared, and which pages were asked for
// because of what it said makes no difference.
#pragma once

#include <cstdint>

namespace freshet::policy {

// What a listing says of a page: nothing, or whether it says something else than at the last look.
enum class Hint : std::uint8_t { none, stayed, moved };

class Signal {
 public:
  // Of a page that changed with probability `before`, now that the listing has said this.
  double after(double before, Hint hint) const;
  void observe(Hint hint, double before, bool changed);

  // Of the pages that had moved, the share that had changed.
  double precision() const;
  // Of the changes, the share that it told.
  double recall() const { return 1 - missed(); }
  // Below some bound a listing is ignored.
  bool is_heeded(Hint hint) const;
  // It tells of so nearly all changes, and of little else, that what it does not name is hardly worth a request.
  bool covers() const;

  double looks() const { return moved_.looks + stayed_.looks; }

 private:
  struct Count {
    float looks = 0, found = 0, expected = 0;
    double lift() const;   // of the odds, by what was found against what was expected
    double share() const;  // changes found for each that was expected
  };
  // Of all looks: how wrong expectations are, whatever the listing said.
  Count all() const;
  double missed() const;  // changes found for each that was expected, of pages that stayed
  double lift(Hint hint) const;

  Count moved_, stayed_;
};

}  // namespace freshet::policy
