// Records to bodies and back.
#include "core/repository/codec.hpp"
#include "tests/support/catch.hpp"

namespace freshet::repository::test {

TEST_CASE("a target's states are those that are known") {
  KnownTarget row, again;
  row.state = TargetState::retired;
  row.newest.number = 3;
  row.newest.fill = Fill::filled;
  row.live.store = "store";
  const auto decoded = [&](const KnownTarget& written) {
    Encoder out;
    encode(out, written);
    return decode(out.body(), again);
  };
  REQUIRE(decoded(row));
  CHECK(again.state == TargetState::retired);
  CHECK(again.newest.number == 3);
  CHECK(again.live.store == "store");
  CHECK(again.replaces == 0);
  row.replaces = 7;
  row.suffix = ".freshet.8";
  REQUIRE(decoded(row));
  CHECK(again.replaces == 7);
  CHECK(again.suffix == ".freshet.8");
  row.replaces = 0;
  row.newest.fill = static_cast<Fill>(4);
  CHECK_FALSE(decoded(row));
  row.newest.fill = Fill::live;
  row.state = static_cast<TargetState>(3);
  CHECK_FALSE(decoded(row));
}

}  // namespace freshet::repository::test
