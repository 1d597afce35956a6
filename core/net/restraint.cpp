#include "core/net/restraint.hpp"

#include <algorithm>

namespace freshet::net {

using base::Millis;

Millis Restraint::ready_at() const {
  if (rate_.count == 0 || starts_.size() < rate_.count) return Millis(0);
  // Where the rate was lowered, more are remembered than count. A millisecond more: both ends of the
  // stretch are cut to whole ones.
  return starts_[starts_.size() - rate_.count] + rate_.period + Millis(1);
}

void Restraint::start(Millis now) {
  if (rate_.count == 0) return;
  starts_.push_back(now);
  while (starts_.size() > rate_.count) starts_.pop_front();
}

bool Restraint::note(bool failed, Millis now) {
  failures_ = failed ? failures_ + 1 : 0;
  if (!failed || !is_doubtful()) return false;
  broken_until_ = now + breaker_.wait;
  return true;
}

Millis Restraint::broken_for(Millis now) const {
  return is_doubtful() ? std::max(broken_until_ - now, Millis(0)) : Millis(0);
}

bool Restraint::is_over(Millis now) const {
  return broken_until_ <= now && (starts_.empty() || now - starts_.back() > rate_.period);
}

}  // namespace freshet::net
