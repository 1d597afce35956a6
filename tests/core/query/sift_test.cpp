#include "core/query/sift.hpp"

#include "tests/support/catch.hpp"

using namespace freshet;

namespace {

// A store of so many rows, the best first; row number n bears n in its metadata.
struct Rows {
  std::uint32_t count;
  std::vector<std::uint32_t> asked = {};

  base::Result<std::vector<ports::Hit>> ask(std::uint32_t limit) {
    asked.push_back(limit);
    std::vector<ports::Hit> rows;
    for (std::uint32_t n = 0; n < std::min(limit, count); ++n) {
      ports::Hit row;
      row.score = -static_cast<double>(n);
      row.id = std::to_string(n);
      row.metadata = R"({"n":)" + row.id + "}";
      rows.push_back(row);
    }
    return rows;
  }
  query::Answer sift(const std::string& filter, std::uint32_t wanted) {
    const auto parsed = query::Filter::parse(base::Json::parse(filter));
    auto answer = query::sift([&](std::uint32_t limit) { return ask(limit); }, *parsed, wanted);
    REQUIRE(answer);
    return *std::move(answer);
  }
};

using Asked = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("rows are asked for until enough of them pass", "[FT1]") {
  Rows rows{20'000};
  const auto few = rows.sift(R"({"n":{"$gte":500}})", 2);
  REQUIRE(few.hits.size() == 2);
  CHECK(few.hits[0].id == "500");
  CHECK(few.hits[1].id == "501");
  CHECK(few.ended_after == 0);
  CHECK(rows.asked == Asked{100, 400, 1600});

  rows.asked.clear();
  CHECK(rows.sift(R"({"n":{"$gte":0}})", 1000).hits.size() == 1000);
  CHECK(rows.asked == Asked{4000});
}

TEST_CASE("a store that has no more rows is not asked again", "[FT1]") {
  Rows rows{150};
  const auto answer = rows.sift(R"({"n":{"$gte":149}})", 5);
  CHECK(answer.hits.size() == 1);
  CHECK(answer.ended_after == 0);
  CHECK(rows.asked == Asked{100, 400});
}

TEST_CASE("fewer hits than there may be are told", "[FT1]") {
  Rows rows{20'000};
  const auto answer = rows.sift(R"({"n":{"$gte":9999}})", 5);
  CHECK(answer.hits.size() == 1);
  CHECK(answer.ended_after == 10'000);
  CHECK(rows.asked == Asked{100, 400, 1600, 6400, 10'000});
  CHECK(rows.sift(R"({"n":{"$gte":9999}})", 1).ended_after == 0);
  CHECK(rows.sift("{}", 20'000).hits.size() == 10'000);
}

TEST_CASE("what the store fails with comes through") {
  const auto filter = query::Filter::parse(base::Json{{"a", 1}});
  const auto answer = query::sift(
      [](std::uint32_t) -> base::Result<std::vector<ports::Hit>> {
        return base::fail(base::Code::network, "no answer");
      },
      *filter, 3);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message == "no answer");
}
