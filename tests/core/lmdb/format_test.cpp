// The forms of keys: built and taken apart, from one list of parts. Values: sealed to their place.
#include <vector>

#include "core/lmdb/format.hpp"
#include "tests/support/catch.hpp"

namespace freshet::lmdb::test {
namespace {

using TimeKey = KeyForm<base::Instant, base::Digest>;
using PlaceKey = KeyForm<base::Digest, std::uint32_t>;

}  // namespace

TEST_CASE("a key is taken apart into what it was made of") {
  const base::Digest root = base::digest_of("root");
  const Key key = TimeKey::make(7, base::Instant{-5}, root);
  CHECK(key.view().size() == TimeKey::size);
  CHECK(key.view().starts_with(Key(7).view()));
  const auto parts = TimeKey::parse(key);
  REQUIRE(parts);
  CHECK(std::get<base::Instant>(*parts) == base::Instant{-5});
  CHECK(std::get<base::Digest>(*parts) == root);
  const auto place = PlaceKey::parse(PlaceKey::make(7, root, 300));
  REQUIRE(place);
  CHECK(std::get<std::uint32_t>(*place) == 300);
}

TEST_CASE("keys of another length are of another form") {
  const std::string key(TimeKey::make(7, base::Instant{1}, base::Digest{}).view());
  CHECK_FALSE(TimeKey::parse(key + "x"));
  CHECK_FALSE(TimeKey::parse(std::string_view(key).substr(1)));
  CHECK_FALSE(TimeKey::parse(""));
}

TEST_CASE("keys lie in the order of their parts") {
  const base::Digest root = base::digest_of("root");
  const std::vector<base::Instant> times{{-2}, {-1}, {0}, {1}, {300}, base::never};
  for (std::size_t i = 1; i < times.size(); ++i)
    CHECK(TimeKey::make(1, times[i - 1], root).view() < TimeKey::make(1, times[i], root).view());
  CHECK(PlaceKey::make(1, root, 255).view() < PlaceKey::make(1, root, 256).view());
}

TEST_CASE("a value is found damaged, or in another's place") {
  Encoder value;
  value.text("body").number(std::uint32_t{7});
  const std::string sealed(value.seal(Db::chunks, "key"));
  const auto body = unseal(Db::chunks, "key", sealed);
  REQUIRE(body);
  Decoder in(*body);
  CHECK(in.text() == "body");
  CHECK(in.number<std::uint32_t>() == 7);
  CHECK(in.done());
  CHECK_FALSE(unseal(Db::chunks, "another", sealed));
  CHECK_FALSE(unseal(Db::elements, "key", sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string damaged = sealed;
    damaged[i] ^= 1;
    CHECK_FALSE(unseal(Db::chunks, "key", damaged));
  }
  CHECK(seal_problem("") == "is 0 bytes, too short");
  CHECK(seal_problem(std::string(9, '\x05')) == "has version 5, not 1");
  CHECK(seal_problem(sealed) == "does not match its checksum");
}

TEST_CASE("a length that is not true is said once, at the end") {
  Encoder value;
  value.number(std::uint32_t{1000}).raw("short");
  Decoder in(value.body());
  CHECK(in.text().empty());
  CHECK(in.number<std::uint64_t>() == 0);
  CHECK_FALSE(in.whole());
  CHECK_FALSE(in.done());
}

TEST_CASE("every database has a name of its own") {
  for (std::size_t i = 0; i < db_count; ++i)
    for (std::size_t j = 0; j < i; ++j)
      CHECK(std::string_view(db_name(static_cast<Db>(i))) != db_name(static_cast<Db>(j)));
}

}  // namespace freshet::lmdb::test
