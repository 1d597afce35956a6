// core/policy/adaptive_purse.hpp - a budget of requests that is saved for when a request is worth most.
//
// Requests are earned as time goes by and kept, up to three for each page. A page is asked when the
// answer is worth the threshold, which falls while the purse is fuller than it should be and rises while it is
// emptier. A fifth of what is earned is spent whatever it is worth: who never asks does not hear that a
// site has begun to change.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/instant.hpp"

namespace freshet::policy {

// By a listing that tells of nearly all changes; unknown: there is none.
enum class Mention : std::uint8_t { unknown, yes, no };

class Purse {
 public:
  // Earns `a_day` requests a day for a site of so many pages, from the time of the last call on. The first
  // call earns nothing, nor does one by a clock that was set back. `covered`: a listing tells of nearly all changes.
  void earn(base::Instant now, double a_day, std::size_t pages, bool covered = false);

  // Whether a page is to be asked for what that is worth. One that such a listing names is asked for whenever there is
  // a request, one that it does not name by scouts alone.
  bool affords(double value, Mention named = Mention::unknown) const;
  void spend();

  double saved() const { return saved_; }
  double threshold() const { return threshold_; }

 private:
  base::Instant at_ = base::unset;
  double saved_ = 0;
  double scouts_ = 0;  // of what is saved, to be spent on whatever is worth most
  double beyond_ = 0;  // of what is saved, more than may be kept
  double threshold_ = .05;
};

}  // namespace freshet::policy
