// The forms of keys: built and taken apart, from one list of parts.
#include "core/repository/codec.hpp"
#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {

TEST_CASE("a key is taken apart into what it was made of") {
  const Digest root = base::digest_of("root");
  const Key key = DueKey::make(7, Instant{-5}, root);
  CHECK(key.view().size() == DueKey::size);
  CHECK(key.view().starts_with(Key(7).view()));
  const auto parts = DueKey::parse(key);
  REQUIRE(parts);
  CHECK(std::get<Instant>(*parts) == Instant{-5});
  CHECK(std::get<Digest>(*parts) == root);
  const auto place = PlaceKey::parse(PlaceKey::make(7, root, 300));
  REQUIRE(place);
  CHECK(std::get<std::uint32_t>(*place) == 300);
}

TEST_CASE("keys of another length are of another form") {
  const std::string key(DueKey::make(7, Instant{1}, Digest{}).view());
  CHECK_FALSE(DueKey::parse(key + "x"));
  CHECK_FALSE(DueKey::parse(std::string_view(key).substr(1)));
  CHECK_FALSE(DueKey::parse(""));
}

TEST_CASE("keys lie in the order of their parts") {
  const Digest root = base::digest_of("root");
  const std::vector<Instant> times{{-2}, {-1}, {0}, {1}, {300}, base::never};
  for (std::size_t i = 1; i < times.size(); ++i)
    CHECK(DueKey::make(1, times[i - 1], root).view() < DueKey::make(1, times[i], root).view());
  CHECK(PlaceKey::make(1, root, 255).view() < PlaceKey::make(1, root, 256).view());
}

TEST_CASE("a target's states are those that are known") {
  TargetRow row, again;
  row.state = TargetState::retired;
  row.newest.number = 3;
  row.newest.fill = Fill::filled;
  row.live.store = "store";
  const auto decoded = [&](const TargetRow& written) {
    Encoder out;
    encode(out, written);
    return decode(out.body(), again);
  };
  REQUIRE(decoded(row));
  CHECK(again.state == TargetState::retired);
  CHECK(again.newest.number == 3);
  CHECK(again.live.store == "store");
  row.newest.fill = static_cast<Fill>(4);
  CHECK_FALSE(decoded(row));
  row.newest.fill = Fill::live;
  row.state = static_cast<TargetState>(3);
  CHECK_FALSE(decoded(row));
}

}  // namespace freshet::repository::test
