#include "core/query/filter.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/filter_cases.hpp"

using namespace freshet;
using ports::bit;
using ports::FilterOp;
using query::Filter;

namespace {

constexpr std::uint32_t every_operator = (bit(FilterOp::has) << 1) - 1;

Filter filter_of(const std::string& json) {
  auto filter = Filter::parse(base::Json::parse(json));
  INFO(json << (filter ? "" : base::to_string(filter.error())));
  REQUIRE(filter);
  return *std::move(filter);
}

std::string text_of(const std::string& json) { return filter_of(json).text(); }

// Why it is refused.
std::string problem(const std::string& json) {
  const auto filter = Filter::parse(base::Json::parse(json));
  if (filter) return "accepted";
  CHECK(filter.error().code == base::Code::invalid_argument);
  return base::to_string(filter.error());
}

std::string passing(const Filter& filter) {
  std::string names;
  for (const auto& row : testing::filtered_rows)
    if (filter.matches({row.uri, row.title, "doc:/a#x", "Path", row.metadata})) names += row.name;
  return names;
}

}  // namespace

TEST_CASE("a row passes a filter, or does not", "[FT1]") {
  for (const auto& each : testing::filter_cases) {
    INFO(each.filter);
    CHECK(passing(filter_of(each.filter)) == each.passes);
  }
}

TEST_CASE("metadata that is none has no keys") {
  for (const char* metadata : {"", "[1]", "{", "7"})
    CHECK_FALSE(filter_of(R"({"a":1})").matches({"", "", "", "", metadata}));
}

TEST_CASE("a filter that is refused names the place, and what is near") {
  const std::pair<const char*, const char*> wrong[] = {
      {R"({"lang":{"$startswith":"e"}})",
       R"(filter.lang.$startswith: is not a known operator; the nearest is "$starts_with")"},
      {R"({"$ad":[]})", R"(filter.$ad: is not a known operator; the nearest is "$and")"},
      {R"({"lang":{"$and":[]}})",
       R"(filter.lang.$and: is not a known operator; the nearest is "$and")"},
      {R"({"lang":{}})", "filter.lang: names no operator"},
      {R"({"lang":["en"]})", "filter.lang: is neither a text, a number nor a boolean"},
      {R"({"lang":null})", "filter.lang: is neither a text, a number nor a boolean"},
      {R"({"lang":{"$gt":{}}})", "filter.lang.$gt: is neither a text, a number nor a boolean"},
      {R"({"lang":{"$in":"en"}})", "filter.lang.$in: is not an array of values"},
      {R"({"lang":{"$nin":[[]]}})",
       "filter.lang.$nin: is not an array of texts, numbers and booleans"},
      {R"({"lang":{"$in":[null]}})",
       "filter.lang.$in: is not an array of texts, numbers and booleans"},
      {R"({"$or":{}})", "filter.$or: is not an array of filters"},
      {R"({"$and":[]})", "filter.$and: is not an array of filters"},
      {R"({"$or":[1]})", "filter.$or[0]: is not an object"},
      {R"({"$not":[]})", "filter.$not: is not an object"},
      {"[]", "filter: is not an object"},
  };
  for (const auto& [json, message] : wrong) CHECK(problem(json) == message);
  CHECK(problem(R"({"lang":{"$like":"(a"}})")
            .starts_with("filter.lang.$like: is not a regular expression"));
  // Nothing is near: there is a list of what is known.
  CHECK(problem(R"({"lang":{"english":1}})")
            .starts_with("filter.lang.english: is not a known operator: $and, $or, $not, $eq, "));
}

TEST_CASE("filters have bounds") {
  std::string deep = "{}";
  for (int i = 0; i < 31; ++i) deep = R"({"$not":)" + deep + "}";
  filter_of(deep);
  CHECK(problem(R"({"$not":)" + deep + "}").ends_with("is nested deeper than 32 levels"));

  std::string wide = R"({"$or":[{"a":1})";
  for (int i = 0; i < 1000; ++i) wide += R"(,{"a":1})";
  CHECK(problem(wide + "]}").find("the filter has more than 1000 parts") != std::string::npos);

  base::Json values = base::Json::array();
  for (int i = 0; i < 10'000; ++i) values.push_back(i);
  base::Json many = {{"a", {{"$in", values}}}};
  filter_of(many.dump());
  many["a"]["$in"].push_back(0);
  CHECK(problem(many.dump()) == "filter.a.$in: has more than 10000 values");

  const std::string key(300, 'k');
  CHECK(problem("{\"" + key + "\":[]}").starts_with("filter." + key.substr(0, 100) + ": "));
}

TEST_CASE("stores are given a filter without what changes nothing") {
  CHECK(text_of(R"({"a":1})") == R"(["eq","a",1])");
  CHECK(text_of(R"({"a":{"$eq":"x"}})") == R"(["eq","a","x"])");
  CHECK(text_of(R"({"a":{"$gte":1,"$lt":2},"b":true})") ==
        R"(["and",["gte","a",1],["lt","a",2],["eq","b",true]])");
  CHECK(text_of(R"({"$and":[{"$and":[{"a":1}]},{"b":{"$in":[1,"x"]}}]})") ==
        R"(["and",["eq","a",1],["in","b",[1,"x"]]])");
  CHECK(text_of(R"({"$or":[{"a":1},{"$or":[{"b":2},{"c":3}]}]})") ==
        R"(["or",["eq","a",1],["eq","b",2],["eq","c",3]])");
  CHECK(text_of(R"({"$not":{"$not":{"a":1,"b":2}}})") ==
        R"(["not",["not",["and",["eq","a",1],["eq","b",2]]]])");
  CHECK(text_of(R"({"$or":[{"a":1}]})") == R"(["eq","a",1])");
  CHECK(text_of(R"({"$not":{}})") == R"(["not",["and"]])");
  CHECK(text_of("{}") == R"(["and"])");
  CHECK(filter_of("{}").is_empty());
  CHECK_FALSE(filter_of(R"({"a":1})").is_empty());
}

TEST_CASE("a filter is split into what a store tests, and the rest") {
  struct Case {
    const char* filter;
    std::uint32_t operators;
    const char *asked, *rest;
  };
  constexpr auto eq = bit(FilterOp::eq), all = bit(FilterOp::all), any = bit(FilterOp::any);
  const Case cases[] = {
      {R"({"a":1,"b":{"$like":"x"}})", every_operator, R"(["and",["eq","a",1],["like","b","x"]])",
       R"(["and"])"},
      {R"({"a":1,"b":{"$like":"x"}})", 0, R"(["and"])", R"(["and",["eq","a",1],["like","b","x"]])"},
      {R"({"a":1,"b":{"$like":"x"}})", eq, R"(["eq","a",1])", R"(["like","b","x"])"},
      {R"({"a":1,"b":2})", eq | all, R"(["and",["eq","a",1],["eq","b",2]])", R"(["and"])"},
      {R"({"a":1,"b":2})", eq, R"(["eq","a",1])", R"(["eq","b",2])"},  // it cannot join two
      {R"({"$or":[{"a":1},{"b":2}]})", eq | any, R"(["or",["eq","a",1],["eq","b",2]])",
       R"(["and"])"},
      {R"({"$or":[{"a":1},{"b":{"$gt":2}}]})", eq | any, R"(["and"])",
       R"(["or",["eq","a",1],["gt","b",2]])"},
      {R"({"$or":[{"a":1,"c":1},{"b":2}]})", eq | any, R"(["and"])",
       R"(["or",["and",["eq","a",1],["eq","c",1]],["eq","b",2]])"},
  };
  for (const Case& each : cases) {
    INFO(each.filter << " " << each.operators);
    const auto [asked, rest] = filter_of(each.filter).split(each.operators);
    CHECK(asked.text() == each.asked);
    CHECK(rest.text() == each.rest);
  }
}

TEST_CASE("both halves of a filter hold where the whole does") {
  for (const auto& each : testing::filter_cases)
    for (std::uint32_t operators = 1; operators < every_operator; operators = operators * 3 + 1) {
      const auto [asked, rest] = filter_of(each.filter).split(operators & every_operator);
      INFO(each.filter << " " << operators);
      std::string names;
      for (const auto& row : testing::filtered_rows) {
        const query::Fields fields{row.uri, row.title, "doc:/a#x", "Path", row.metadata};
        if (asked.matches(fields) && rest.matches(fields)) names += row.name;
      }
      CHECK(names == each.passes);
    }
}
