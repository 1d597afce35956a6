// core/host/patience.hpp - how long a call of a plugin is waited for: facts in, a word out.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/instant.hpp"

namespace freshet::host {

// How long a call of a plugin is waited for.
struct CallLimits {
  base::Millis idle{600'000};    // without a sign of life: then it is left
  base::Millis telling{30'000};  // the same: then the log says so
  base::Millis grace{10'000};    // after it was cancelled, whatever it does
};

class Patience {
 public:
  enum class Word { wait, tell, leave };

  Patience(const CallLimits& limits, base::Millis now) : limits_(limits), last_(now) {}

  // One look at the call. `signs` counts its signs of life. What passes from one look to the next
  // counts for a second at most: a machine that was asleep has kept nobody waiting.
  Word look(base::Millis now, std::uint64_t signs, bool cancelled) {
    const base::Millis step = std::clamp(now - last_, base::Millis(0), most_a_look);
    last_ = now;
    idle_ = signs == signs_ ? idle_ + step : base::Millis(0);
    told_ = told_ && signs == signs_;
    signs_ = signs;
    if (cancelled) cancelled_ += step;
    if (cancelled_ >= limits_.grace || idle_ >= limits_.idle) return Word::leave;
    if (told_ || idle_ < limits_.telling) return Word::wait;
    told_ = true;
    return Word::tell;
  }

 private:
  static constexpr base::Millis most_a_look{1000};

  const CallLimits limits_;
  base::Millis last_;
  base::Millis idle_{0}, cancelled_{0};
  std::uint64_t signs_ = 0;
  bool told_ = false;
};

}  // namespace freshet::host
