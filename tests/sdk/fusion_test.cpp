#include <freshet/sdk/fusion.hpp>

#include "tests/support/catch.hpp"

namespace {

using freshet::sdk::Found;

std::vector<Found> ranking(std::initializer_list<const char*> ids) {
  std::vector<Found> rows;
  for (const char* id : ids) rows.emplace_back().id = id;
  return rows;
}

std::string fused(std::vector<std::vector<Found>> rankings, std::size_t limit) {
  std::string ids;
  for (const Found& row : freshet::sdk::fuse(rankings, limit)) ids += row.id;
  return ids;
}

}  // namespace

TEST_CASE("what two rankings have stands above what one has") {
  CHECK(fused({ranking({"a", "b", "c"}), ranking({"c", "d"})}, 9) == "cabd");
  CHECK(fused({ranking({"a", "b"}), ranking({"b", "a"})}, 9) == "ab");
  CHECK(fused({ranking({}), ranking({"b", "a"})}, 9) == "ba");
  CHECK(fused({}, 9).empty());
}

TEST_CASE("a fused ranking ends at its limit, and has its scores") {
  std::vector<std::vector<Found>> both{ranking({"a", "b"}), ranking({"b"})};
  const auto rows = freshet::sdk::fuse(both, 1);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].id == "b");
  CHECK(rows[0].score == Approx(1.0 / 62 + 1.0 / 61));
}
