// core/sync/pace.hpp - how many requests a target is sent at once, and when.
//
// A target begins with as many as its store takes. A refusal (429, or any answer that asks for a rest)
// halves that and holds all of them back for the rest; answers that are well widen it again by one for
// as many of them as go at once. Of the requests that were on their way when it was halved none halves
// it again: they were refused for the same crowd.
//
// It is told what happened and says what may be done. It has no clock, no lock and no thread.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/instant.hpp"

namespace freshet::sync {

class Pace {
 public:
  // Of a request that is on its way.
  struct Ticket {
    std::uint64_t halvings = 0;  // when it was begun
    std::uint32_t width = 1;     // the same
  };
  // Whether one more may be begun: with a ticket, or after this long, or when another has ended.
  struct Answer {
    std::optional<Ticket> ticket;
    base::Millis wait{0};  // 0: for the end of another
  };

  explicit Pace(std::uint32_t most) : most_(most == 0 ? 1 : most), width_(most_) {}

  Answer ask(base::Millis now);
  // Every ticket is given back in one of these ways.
  void went_well(const Ticket& ticket);
  void failed(const Ticket& ticket);  // for a reason that has nothing to do with how many there are
  // Keeps all back until `rest` has passed. True: there were others beside it, so it says nothing of
  // the request itself, which may be begun again as if it had not been.
  bool was_refused(const Ticket& ticket, base::Millis now, base::Millis rest);

  std::uint32_t width() const { return width_; }
  std::uint32_t on_their_way() const { return going_; }

 private:
  const std::uint32_t most_;
  std::uint32_t width_;      // may be on their way at once
  std::uint32_t going_ = 0;  // are
  std::uint32_t well_ = 0;   // answers since the width changed
  std::uint64_t halvings_ = 0;
  base::Millis rests_until_{0};
};

}  // namespace freshet::sync
