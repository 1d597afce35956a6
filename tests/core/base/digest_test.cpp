#include "core/base/digest.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace freshet;
using base::Digest;
using base::DigestBuilder;

TEST_CASE("digests are those of XXH3-128, on every machine") {
  CHECK(base::digest_of("").hex() == "99aa06d3014798d86001c324468d497f");
  CHECK(base::digest_of("a").hex() != base::digest_of("b").hex());
  CHECK(base::checksum("") == 0x2d06800538d394c2ULL);
}

TEST_CASE("a digest is read as it is written") {
  const Digest digest = base::digest_of("freshet");
  CHECK(Digest::from_hex(digest.hex()) == digest);
  CHECK(digest.hex().size() == 32);
  CHECK_FALSE(digest.empty());
  CHECK(Digest{}.empty());
  CHECK(Digest::from_hex("00FF00ff00ff00ff00ff00ff00ff00ff")->hex() ==
        "00ff00ff00ff00ff00ff00ff00ff00ff");
  for (const char* bad : {"", "00", "00ff00ff00ff00ff00ff00ff00ff00f",
                          "00ff00ff00ff00ff00ff00ff00ff00ff0", "00ff00ff00ff00ff00ff00ff00ff00fg"})
    CHECK_FALSE(Digest::from_hex(bad));
}

TEST_CASE("digests sort as their hex does") {
  std::set<std::pair<Digest, std::string>> all;
  for (int i = 0; i < 100; ++i) {
    const Digest digest = base::digest_of(std::to_string(i));
    all.emplace(digest, digest.hex());
  }
  std::string last;
  for (const auto& [digest, hex] : all) {
    CHECK(last < hex);
    last = hex;
  }
}

TEST_CASE("fields do not run into each other") {
  const auto of = [](std::string_view a, std::string_view b) {
    return DigestBuilder().add(a).add(b).finish();
  };
  CHECK(of("ab", "c") != of("a", "bc"));
  CHECK(of("", "a") != of("a", ""));
  CHECK(DigestBuilder().add("a").finish() != DigestBuilder().add("a").add("").finish());
  CHECK(of("a", "b") == of("a", "b"));
  CHECK(DigestBuilder().add(std::uint64_t{1}).finish() !=
        DigestBuilder().add(std::uint64_t{256}).finish());
}
