// core/net/restraint.hpp - what a rate and a breaker know of those whom they restrain: a host, or a source.
// Pure: time is handed in.
#pragma once

#include <deque>

#include "core/base/instant.hpp"
#include "core/ports/requester.hpp"

namespace freshet::net {

class Restraint {
 public:
  void set(const ports::Rate& rate, const ports::Breaker& breaker) {
    rate_ = rate;
    breaker_ = breaker;
  }

  // When the rate lets the next request begin.
  base::Millis ready_at() const;
  void start(base::Millis now);

  // How a request ended. True: that was one failure too many in a row, and nothing is asked for a while.
  bool note(bool failed, base::Millis now);
  // How long that still is; 0: it is not.
  base::Millis broken_for(base::Millis now) const;
  // It is not known yet whether all is well again: one request goes first.
  bool is_doubtful() const { return breaker_.failures > 0 && failures_ >= breaker_.failures; }

  // Nothing of it matters any more.
  bool is_over(base::Millis now) const;

 private:
  ports::Rate rate_;
  ports::Breaker breaker_;
  std::deque<base::Millis> starts_;  // of the last requests, as many as the rate counts
  std::uint32_t failures_ = 0;       // in a row
  base::Millis broken_until_{0};
};

}  // namespace freshet::net
