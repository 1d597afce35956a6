#include "core/service/changes.hpp"

#include "tests/support/catch.hpp"

namespace freshet::service {

using base::Millis;
using Sources = std::vector<std::size_t>;

TEST_CASE("changes are taken once it is quiet, each source once") {
  Changes changes;
  changes.note(1, Millis(0));
  changes.note(1, Millis(60));
  changes.note(2, Millis(100));
  CHECK(changes.take(Millis(159)).empty());
  CHECK(changes.take(Millis(160)) == Sources{1});
  CHECK(changes.any());
  CHECK(changes.take(Millis(200)) == Sources{2});
  CHECK_FALSE(changes.any());
  CHECK(changes.take(Millis(10'000)).empty());
}

TEST_CASE("what never is quiet is taken all the same") {
  Changes changes;
  for (int at = 0; at < 700; at += 50) {
    changes.note(0, Millis(at));
    CHECK(changes.take(Millis(at)).empty());
  }
  changes.note(0, Millis(700));
  CHECK(changes.take(Millis(700)) == Sources{0});
}

}  // namespace freshet::service
