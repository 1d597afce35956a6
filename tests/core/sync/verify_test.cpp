// Which rows a verification compares.
#include "core/sync/verify.hpp"

#include "core/model/chunk.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;

TEST_CASE(
    "each part of a sample has rows of every root, and all parts together have each row once") {
  const std::string root = "https://example.org/long";
  constexpr std::uint32_t parts = 16;
  std::vector<std::uint64_t> taken(parts);
  for (int i = 0; i < 1000; ++i) {
    const base::Digest id = model::chunk_id(root, std::to_string(i), 0);
    std::uint32_t times = 0;
    for (std::uint32_t part = 0; part < parts; ++part) {
      if (!sync::Sample{part, parts}.takes(id)) continue;
      ++taken[part];
      ++times;
    }
    CHECK(times == 1);
  }
  for (const std::uint64_t rows : taken) CHECK(rows > 20);
}
