#include "tests/plugins/store_sqlite/support.hpp"
#include "tests/support/filter_cases.hpp"

namespace base = freshet::base;
using base::Code;
using freshet::testing::Row;
using freshet::testing::row;
using freshet::testing::StoreFixture;

TEST_CASE_METHOD(StoreFixture, "the rows that pass a filter are found", "[FT1]") {
  std::vector<Row> rows;
  for (const auto& each : freshet::testing::filtered_rows) {
    rows.push_back(row(each.name, std::string("row ") + each.name));
    rows.back().uri = each.uri;
    rows.back().title = each.title;
    rows.back().metadata = each.metadata;
  }
  REQUIRE(put(rows));
  for (const auto& each : freshet::testing::filter_cases) {
    const auto found = hits("row", each.filter);
    INFO(each.filter << (found ? "" : base::to_string(found.error())));
    REQUIRE(found);
    std::string names;
    for (const auto& hit : *found) names += hit.text.back();
    std::sort(names.begin(), names.end());
    CHECK(names == each.passes);
  }
}

TEST_CASE_METHOD(StoreFixture, "what the host would not send is refused") {
  freshet::ports::Search search;
  search.text = "row";
  for (const char* wrong : {"{", "[]", R"(["maybe","a",1])", R"(["eq","a"])", R"(["eq",1,1])",
                            R"(["not"])", R"(["and",{}])"}) {
    search.filter = wrong;
    INFO(wrong);
    CHECK(store->search("ns", search, {}).error().code == Code::invalid_argument);
  }
}

TEST_CASE_METHOD(StoreFixture, "a filter holds for vectors, too, and does not shorten the answer") {
  REQUIRE(store->reset("ns", {}));
  REQUIRE(store->ensure({"ns", 2, "m"}, {}));
  std::vector<Row> rows;
  for (int i = 0; i < 40; ++i) {
    rows.push_back(row(std::to_string(i), "row " + std::to_string(i)));
    rows.back().vector = {1.0f, static_cast<float>(i)};
    rows.back().metadata = i % 10 == 9 ? R"({"keep":"yes"})" : R"({"keep":"no"})";
  }
  REQUIRE(put(rows));
  const auto found = *near({1, 0}, 3, "", R"({"keep":"yes"})");
  REQUIRE(found.size() == 3);
  CHECK(found[0].text == "row 9");
  CHECK(found[1].text == "row 19");
  CHECK(found[2].text == "row 29");
  CHECK(near({1, 0}, 3, "row", R"({"keep":"yes"})")->size() == 3);
}
