#include "core/sync/pace.hpp"

#include <algorithm>

namespace freshet::sync {

Pace::Answer Pace::ask(base::Millis now) {
  if (now < rests_until_) return {std::nullopt, rests_until_ - now};
  if (going_ >= width_) return {};
  ++going_;
  return {Ticket{halvings_, width_}, base::Millis(0)};
}

void Pace::went_well(const Ticket& ticket) {
  --going_;
  if (ticket.halvings != halvings_ || width_ == most_ || ++well_ < width_) return;
  ++width_;
  well_ = 0;
}

void Pace::failed(const Ticket&) { --going_; }

bool Pace::was_refused(const Ticket& ticket, base::Millis now, base::Millis rest) {
  --going_;
  rests_until_ = std::max(rests_until_, now + rest);
  well_ = 0;
  if (ticket.halvings == halvings_) {
    width_ = std::max(1u, width_ / 2);
    ++halvings_;
  }
  return ticket.width > 1;
}

}  // namespace freshet::sync
