#include "tests/plugins/store_sqlite/support.hpp"

namespace base = freshet::base;
using base::Code;
using freshet::testing::Row;
using freshet::testing::row;
using freshet::testing::StoreFixture;

namespace {

struct FilterFixture : StoreFixture {
  FilterFixture() {
    Row a = row("a", "row a");
    a.metadata =
        R"({"lang":"en","year":2024,"size":"10","draft":false,"tags":["x","7"],"name":"Async IO","date":"2024-05-01"})";
    a.uri = "https://docs.example.org/a";
    a.title = "Guide";
    Row b = row("b", "row b");
    b.metadata =
        R"({"lang":"de","year":1999.5,"size":9,"draft":true,"tags":[],"name":"STRASSE é","date":"2023-01-01"})";
    b.uri = "https://blog.example.org/b";
    Row c = row("c", "row c");  // without any of it
    REQUIRE(put({a, b, c}));
  }
  // Which of a, b and c pass, in that order.
  std::string pass(const std::string& filter) {
    auto found = hits("row", filter);
    INFO((found ? "" : base::to_string(found.error())));
    REQUIRE(found);
    std::string names;
    for (const auto& hit : *found) names += hit.text.back();
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string problem(const std::string& filter) {
    const auto found = hits("row", filter);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Code::invalid_argument);
    return base::to_string(found.error());
  }
};

}  // namespace

TEST_CASE_METHOD(FilterFixture, "equality", "[FT1]") {
  CHECK(pass(R"({"lang":"en"})") == "a");
  CHECK(pass(R"({"lang":{"$eq":"de"}})") == "b");
  CHECK(pass(R"({"lang":"EN"})").empty());
  CHECK(pass(R"({"year":2024})") == "a");
  CHECK(pass(R"({"year":2024.0})") == "a");
  CHECK(pass(R"({"year":"2024"})") == "a");
  CHECK(pass(R"({"size":10})") == "a");  // a text that is a number
  CHECK(pass(R"({"draft":true})") == "b");
  CHECK(pass(R"({"draft":"true"})").empty());
  CHECK(pass(R"({"tags":"x"})").empty());  // a list is not its element
  CHECK(pass("{}") == "abc");
}

TEST_CASE_METHOD(FilterFixture, "a missing key fails every test but $ne and $nin", "[FT1]") {
  CHECK(pass(R"({"lang":{"$ne":"en"}})") == "bc");
  CHECK(pass(R"({"lang":{"$nin":["en","fr"]}})") == "bc");
  for (const char* op : {"$eq", "$gt", "$gte", "$lt", "$lte", "$contains", "$icontains", "$ieq",
                         "$starts_with", "$ends_with", "$like", "$has"})
    CHECK(pass(std::string(R"({"none":{")") + op + R"(":"x"}})").empty());
  CHECK(pass(R"({"none":{"$in":["x"]}})").empty());
}

TEST_CASE_METHOD(FilterFixture, "order", "[FT1]") {
  CHECK(pass(R"({"year":{"$gt":2000}})") == "a");
  CHECK(pass(R"({"year":{"$gte":1999.5,"$lt":2024}})") == "b");
  CHECK(pass(R"({"year":{"$lte":"2024"}})") == "ab");
  CHECK(pass(R"({"size":{"$gt":9}})") == "a");  // "10" is a number here, not a text before "9"
  CHECK(pass(R"({"size":{"$lt":"10"}})") == "b");
  CHECK(pass(R"({"date":{"$gte":"2024-01-01"}})") == "a");
  CHECK(pass(R"({"lang":{"$gt":5}})").empty());
  CHECK(pass(R"({"draft":{"$gte":0}})").empty());
}

TEST_CASE_METHOD(FilterFixture, "membership", "[FT1]") {
  CHECK(pass(R"({"lang":{"$in":["de","fr"]}})") == "b");
  CHECK(pass(R"({"year":{"$in":["2024",1]}})") == "a");
  CHECK(pass(R"({"lang":{"$in":[]}})").empty());
  CHECK(pass(R"({"tags":{"$has":"x"}})") == "a");
  CHECK(pass(R"({"tags":{"$has":7}})") == "a");
  CHECK(pass(R"({"lang":{"$has":"en"}})").empty());  // no list
}

TEST_CASE_METHOD(FilterFixture, "texts", "[FT1]") {
  CHECK(pass(R"({"name":{"$contains":"sync"}})") == "a");
  CHECK(pass(R"({"name":{"$contains":"SYNC"}})").empty());
  CHECK(pass(R"({"name":{"$icontains":"SYNC"}})") == "a");
  CHECK(pass(R"({"name":{"$icontains":"É"}})") == "b");
  CHECK(pass(R"({"name":{"$ieq":"async io"}})") == "a");
  CHECK(pass(R"({"name":{"$ieq":"async"}})").empty());
  CHECK(pass(R"({"name":{"$starts_with":"Async"}})") == "a");
  CHECK(pass(R"({"name":{"$ends_with":"IO"}})") == "a");
  CHECK(pass(R"({"name":{"$like":"^A.*O$"}})") == "a");
  CHECK(pass(R"({"name":{"$like":"sync|STR"}})") == "ab");
  CHECK(pass(R"({"year":{"$starts_with":"20"}})") == "a");
  CHECK(pass(R"({"name":{"$contains":"%"}})").empty());
  CHECK(pass(R"({"name":{"$icontains":".*"}})").empty());
}

TEST_CASE_METHOD(FilterFixture, "uri, title, url and path are keys, too") {
  CHECK(pass(R"({"uri":{"$starts_with":"https://docs."}})") == "a");
  CHECK(pass(R"({"title":"Guide"})") == "a");
  CHECK(pass(R"({"path":{"$ne":"Path"}})").empty());
}

TEST_CASE_METHOD(FilterFixture, "combinations nest", "[FT1]") {
  CHECK(pass(R"({"lang":"en","year":1999.5})").empty());
  CHECK(pass(R"({"$or":[{"lang":"en"},{"draft":true}]})") == "ab");
  CHECK(pass(R"({"$and":[{"lang":"en"},{"year":2024}]})") == "a");
  CHECK(pass(R"({"$not":{"lang":"en"}})") == "bc");
  CHECK(pass(R"({"$not":{"$or":[{"lang":"en"},{"lang":{"$in":["de"]}}]}})") == "c");
  CHECK(
      pass(R"({"$or":[{"$and":[{"lang":"en"},{"$not":{"draft":true}}]},{"year":{"$lt":2000}}]})") ==
      "ab");
}

TEST_CASE_METHOD(FilterFixture, "what is no filter is refused with its place and what is near") {
  CHECK(problem(R"({"lang":{"$startswith":"e"}})") ==
        "filter.lang.$startswith: is not a known operator; the nearest is \"$starts_with\"");
  CHECK(problem(R"({"$ad":[]})") == "filter.$ad: is not a known operator; the nearest is \"$and\"");
  CHECK(problem(R"({"lang":{"en":1}})").find("is not a known operator") != std::string::npos);
  CHECK(problem(R"({"lang":{}})") == "filter.lang: names no operator");
  CHECK(problem(R"({"lang":["en"]})") == "filter.lang: is neither a text, a number nor a boolean");
  CHECK(problem(R"({"lang":null})") == "filter.lang: is neither a text, a number nor a boolean");
  CHECK(problem(R"({"lang":{"$in":"en"}})") == "filter.lang.$in: is not an array of values");
  CHECK(problem(R"({"lang":{"$like":"(a"}})")
            .starts_with("filter.lang.$like: is not a regular expression"));
  CHECK(problem(R"({"$or":{}})") == "filter.$or: is not an array of filters");
  CHECK(problem(R"({"$or":[1]})") == "filter.$or[0]: is not an object");
  CHECK(problem("[]") == "filter: is not an object");
  CHECK(problem("{") == "filter: is not valid JSON");
}

TEST_CASE_METHOD(FilterFixture, "filters have bounds") {
  std::string deep = "{}";
  for (int i = 0; i < 40; ++i) deep = R"({"$not":)" + deep + "}";
  CHECK(problem(deep).find("nested deeper than 32 levels") != std::string::npos);
  std::string wide = R"({"$or":[{"a":1})";
  for (int i = 0; i < 1100; ++i) wide += R"(,{"a":1})";
  CHECK(problem(wide + "]}").find("more than 1000 parts") != std::string::npos);
}

TEST_CASE_METHOD(FilterFixture, "keys and values are never SQL") {
  CHECK(pass(R"json({"lang') OR 1=1 --":"en"})json").empty());
  CHECK(pass(R"json({"lang":"en' OR '1'='1"})json").empty());
  CHECK(pass(R"json({"a\"b":{"$ne":"'"}})json") == "abc");
}

TEST_CASE_METHOD(FilterFixture,
                 "a filter holds for vectors, too, and does not shorten the answer") {
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
