#include "core/host/patience.hpp"

#include "tests/support/catch.hpp"

namespace host = freshet::host;
using freshet::base::Millis;
using Word = host::Patience::Word;

namespace {

constexpr Millis second{1000};

// Looks once a second.
struct Looks {
  host::Patience patience{{.idle = 5 * second, .telling = 2 * second, .grace = 3 * second},
                          Millis(0)};
  Millis now{0};
  std::uint64_t signs = 0;
  Word look(bool cancelled = false) {
    now += second;
    return patience.look(now, signs, cancelled);
  }
};

}  // namespace

TEST_CASE_METHOD(Looks, "a call without a sign of life is told once, then left") {
  CHECK(look() == Word::wait);
  CHECK(look() == Word::tell);
  CHECK(look() == Word::wait);
  CHECK(look() == Word::wait);
  CHECK(look() == Word::leave);
}

TEST_CASE_METHOD(Looks, "a sign of life begins the time anew") {
  for (int i = 0; i < 100; ++i) {
    ++signs;
    CHECK(look() == Word::wait);
  }
  look();
  CHECK(look() == Word::tell);
  ++signs;
  CHECK(look() == Word::wait);
  look();
  CHECK(look() == Word::tell);  // once for each time of silence
}

TEST_CASE_METHOD(Looks, "what is cancelled is left after the grace, alive or not") {
  ++signs;
  look();
  for (int i = 0; i < 2; ++i) {
    ++signs;
    CHECK(look(true) == Word::wait);
  }
  ++signs;
  CHECK(look(true) == Word::leave);
}

TEST_CASE_METHOD(Looks, "a machine that was asleep has kept nobody waiting") {
  now += std::chrono::hours(24);
  CHECK(look() == Word::wait);
  CHECK(look() == Word::tell);
  now -= std::chrono::hours(24);  // nor does a clock that goes back
  CHECK(look() == Word::wait);
}
