#include "core/ports/clock.hpp"

#include <ctime>

namespace freshet::ports {
namespace {

std::int64_t read_ms(clockid_t id) {
  timespec at{};
  clock_gettime(id, &at);
  return static_cast<std::int64_t>(at.tv_sec) * 1000 + at.tv_nsec / 1'000'000;
}

class SystemClock : public Clock {
 public:
  base::Instant now() const override { return {read_ms(CLOCK_REALTIME)}; }
  base::Millis monotonic() const override { return base::Millis(read_ms(CLOCK_BOOTTIME)); }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace freshet::ports
