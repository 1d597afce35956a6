#include "core/base/json.hpp"

#include "tests/support/catch.hpp"

using namespace freshet;
using base::Json;
using base::ObjectReader;

namespace {

std::string problem(std::string_view text) {
  const auto parsed = base::parse_json(text, "config.json");
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == base::Code::invalid_argument);
  CHECK(parsed.error().subject == "config.json");
  CHECK(parsed.error().message.find('\n') == std::string::npos);
  CHECK(parsed.error().message.size() < 400);
  return parsed.error().message;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("good JSON is read") {
  const auto parsed = base::parse_json(R"({"a":[1,{"b":"é"}],"c":{"a":2}})", "config.json");
  REQUIRE(parsed);
  CHECK((*parsed)["a"][1]["b"] == "é");
}

TEST_CASE("bad JSON is refused in one line", "[C01][C03]") {
  CHECK(has(problem(R"({"key":1,"key":2})"), "\"key\" appears twice"));
  CHECK(has(problem(R"([3,{"a":{"x":[],"x":1}}])"),
            "key \"x\" appears twice in one object, at [1].a.x"));
  CHECK(has(problem(std::string(65, '[') + std::string(65, ']')),
            "deeper than 64 levels, at [0][0][0]"));
  CHECK(base::parse_json(std::string(64, '[') + std::string(64, ']'), "x"));
  CHECK(has(problem(std::string(1'000'000, '[')), "not valid JSON"));
  CHECK(has(problem(std::string((1 << 20) + 1, ' ')), "1 MiB"));
  CHECK(has(problem("\xEF\xBB\xBF{}"), "byte order mark"));
  CHECK(has(problem("\"\xFF\""), "UTF-8"));
  for (const char* text : {"", "{", "{\"a\":}", "// comment\n{}", "[1,]", "{'a':1}", "\"\\ud800\"",
                           "NaN", "{}{}", "\"a\nb\"", "01"})
    CHECK(has(problem(text), "not valid JSON"));
  problem("\"" + std::string(100'000, 'x') + "\n\"");
}

TEST_CASE("a key is twice only within one object") {
  CHECK(base::parse_json(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})", "x"));
}

TEST_CASE("JSON with ill-formed text is written with replacements") {
  CHECK(base::dump_json(Json("\xFF")) == "\"\uFFFD\"");
}

TEST_CASE("members are read into their places, absent and null ones leave them") {
  const Json object = Json::parse(
      R"({"t":"x","f":true,"i":7,"n":0.5,"d":"90s","s":"1KiB","z":10,"l":["a","b"],"null":null,"v":[1]})");
  ObjectReader reader(object, "options");
  std::string text, absent = "kept", null = "kept";
  bool flag = false;
  std::int64_t integer = 0;
  double number = 0;
  base::Millis duration{0};
  std::uint64_t size = 0, bytes = 0;
  std::vector<std::string> texts;
  reader.text("t", text);
  reader.text("absent", absent);
  reader.text("null", null);
  reader.flag("f", flag);
  reader.integer("i", integer, 1, 10);
  reader.number("n", number, 0, 1);
  reader.duration("d", duration);
  reader.size("s", size);
  reader.size("z", bytes);
  reader.texts("l", texts);
  reader.require("t");
  CHECK(reader.value("v")->size() == 1);
  CHECK(reader.finish());
  CHECK((text == "x" && absent == "kept" && null == "kept" && flag && integer == 7));
  CHECK(number == 0.5);
  CHECK(duration.count() == 90'000);
  CHECK((size == 1024 && bytes == 10));
  CHECK(texts == std::vector<std::string>{"a", "b"});
}

TEST_CASE("wrong members are refused at their path") {
  const auto refused = [](const char* json, auto read) {
    const Json object = Json::parse(json);
    ObjectReader reader(object, "sources[0].options");
    read(reader);
    const auto status = reader.finish();
    REQUIRE_FALSE(status);
    CHECK(status.error().code == base::Code::invalid_argument);
    CHECK(status.error().subject == "sources[0].options.k");
    return status.error().message;
  };
  std::int64_t integer = 3;
  const auto as_integer = [&](ObjectReader& reader) { reader.integer("k", integer, 1, 10); };
  CHECK(refused(R"({"k":0})", as_integer) == "is 0, not from 1 to 10");
  CHECK(refused(R"({"k":11})", as_integer) == "is 11, not from 1 to 10");
  CHECK(refused(R"({"k":18446744073709551615})", as_integer) ==
        "is 18446744073709551615, not from 1 to 10");
  CHECK(refused(R"({"k":1.5})", as_integer) == "is a number, not a whole number");
  CHECK(refused(R"({"k":"1"})", as_integer) == "is a text, not a whole number");
  CHECK(integer == 3);
  std::string text;
  CHECK(refused(R"({"k":[]})", [&](ObjectReader& r) { r.text("k", text); }) ==
        "is an array, not a text");
  bool flag = false;
  CHECK(refused(R"({"k":1})", [&](ObjectReader& r) { r.flag("k", flag); }) ==
        "is a whole number, not true or false");
  double number = 0;
  CHECK(has(refused(R"({"k":2})", [&](ObjectReader& r) { r.number("k", number, 0, 1); }),
            "not from 0"));
  base::Millis duration{0};
  CHECK(has(refused(R"({"k":5})", [&](ObjectReader& r) { r.duration("k", duration); }),
            "not a duration"));
  CHECK(has(refused(R"({"k":"5"})", [&](ObjectReader& r) { r.duration("k", duration); }),
            "not a duration"));
  std::uint64_t size = 0;
  CHECK(refused(R"({"k":-5})", [&](ObjectReader& r) { r.size("k", size); }) ==
        "is -5, less than nothing");
  CHECK(has(refused(R"({"k":"5XB"})", [&](ObjectReader& r) { r.size("k", size); }), "not a size"));
  std::vector<std::string> texts;
  CHECK(refused(R"({"k":["a",1]})", [&](ObjectReader& r) { r.texts("k", texts); }) ==
        "is not an array of texts");
  CHECK(refused("{}", [](ObjectReader& r) { r.require("k"); }) == "is missing");
  CHECK(refused(R"({"k":null})", [&](ObjectReader& r) {
          r.text("k", text);
          r.require("k");
        }) == "is missing");
  CHECK(refused(R"({"k":1})", [](ObjectReader& r) {
          r.with("k", [](const Json&, const std::string& path) -> base::Status {
            return base::fail(base::Code::invalid_argument, "no", path);
          });
        }) == "no");
}

TEST_CASE("unknown keys are refused with the nearest known one", "[C01]") {
  const Json object = Json::parse(R"({"incldue":[]})");
  ObjectReader reader(object, "");
  std::vector<std::string> include;
  reader.texts("include", include);
  const auto status = reader.finish();
  REQUIRE_FALSE(status);
  CHECK(status.error().subject == "incldue");
  CHECK(status.error().message == "is not a known key; did you mean \"include\"?");
}

TEST_CASE("the first error is the one that is told") {
  const Json object = Json::parse(R"({"a":1,"b":2,"zzz":3})");
  ObjectReader reader(object, "");
  std::string text;
  reader.text("a", text);
  reader.text("b", text);
  CHECK(reader.finish().error().subject == "a");
}

TEST_CASE("what is no object is refused whatever is asked of it") {
  const Json array = Json::array();
  ObjectReader reader(array, "");
  std::string text;
  reader.text("a", text);
  reader.require("a");
  CHECK(reader.finish().error().subject == "options");
}
