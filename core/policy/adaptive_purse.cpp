#include "core/policy/adaptive_purse.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace freshet::policy {
namespace {

// Chosen on three histories of documentation, and tried on six others.
constexpr double most_a_page = 3;
constexpr double aim = .6;  // of the most, filled
constexpr double haste =
    .3;  // e-folds of the threshold while a purse of no or twice the aim would fill
constexpr double scouts = .2;  // of what is earned
constexpr double scouts_covered =
    .02;  // where the listing tells what changed: whether it still does
constexpr double scout_days = 1;
constexpr double lowest = 1e-5, highest = 1e4;

}  // namespace

void Purse::earn(base::Instant now, double a_day, std::size_t pages, bool covered) {
  const bool first = at_ == base::unset;
  const double elapsed =
      first ? 0 : std::chrono::duration<double, std::chrono::days::period>(now - at_).count();
  at_ = now;
  if (elapsed <= 0 || a_day <= 0) return;
  const double most = std::max(most_a_page * static_cast<double>(pages), 1.);
  const double days_to_fill = most / a_day;
  // After a long rest, or by a clock that was ahead: as much as fills it, and no more is learnt of the worth.
  const double days = std::min(elapsed, days_to_fill);
  saved_ = std::min(saved_ + days * a_day, most + a_day);
  beyond_ = std::max(saved_ - most, 0.);
  const double share = covered ? scouts_covered : scouts;
  scouts_ = std::min(scouts_ + share * days * a_day, std::max(share * scout_days * a_day, 2.));
  const double pull = aim - std::min(saved_ / most, 2.);
  // A purse that is full since there is nothing to ask for says nothing of what other pages are worth.
  if (!covered) threshold_ *= std::exp(haste * days / days_to_fill * pull);
  threshold_ = std::clamp(threshold_, lowest, highest);
}

bool Purse::affords(double value, Mention named) const {
  if (saved_ < 1 || value <= 0) return false;
  if (named == Mention::yes || scouts_ >= 1) return true;
  return named == Mention::unknown && (value >= threshold_ || beyond_ >= 1);
}

void Purse::spend() {
  saved_ -= 1;
  scouts_ = std::max(scouts_ - 1, 0.);
  beyond_ = std::max(beyond_ - 1, 0.);
}

}  // namespace freshet::policy
