#include "core/host/schema.hpp"

#include "core/base/json_memory.hpp"

#include "tests/support/catch.hpp"

namespace host = freshet::host;
namespace base = freshet::base;
using host::Json;

namespace {

const Json schema = Json::parse(R"({
  "type": "object", "additionalProperties": false, "required": ["url"],
  "properties": {
    "url": {"type": "string", "format": "uri"},
    "depth": {"type": "integer", "minimum": 0, "maximum": 5, "default": 2},
    "ratio": {"type": "number", "minimum": 0.5},
    "mode": {"type": "string", "enum": ["fast", "slow"], "default": "fast"},
    "wait": {"type": "string", "format": "duration", "default": "30s"},
    "most": {"type": "string", "format": "size"},
    "match": {"type": "string", "format": "regex"},
    "token": {"type": "string", "format": "secret"},
    "path": {"type": "string", "format": "path", "default": "${repository}/x/${repository}"},
    "include": {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 2, "default": []},
    "either": {"type": ["string", "integer"]},
    "on": {"type": "boolean"},
    "headers": {"type": "object", "additionalProperties": {"type": "string", "format": "header"}},
    "deep": {"type": "object", "properties": {"n": {"type": "integer", "default": 1}}, "additionalProperties": false}
  }})");

base::Result<Json> complete(const std::string& options) {
  return host::complete(schema, Json::parse(options), "sources[0].options", {{"repository", "/r"}});
}

// "path: message" of the failure, or what was completed.
std::string problem(const std::string& options) {
  auto result = complete(options);
  if (result) return result->dump();
  CHECK(result.error().code == base::Code::invalid_argument);
  return base::to_string(result.error());
}

std::string schema_problem(const std::string& text) {
  auto status = host::check_schema(Json::parse(text), "options");
  return status ? "ok" : base::to_string(status.error());
}

}  // namespace

TEST_CASE("defaults are filled in, with variables replaced in them and in nothing else") {
  const Json done = *complete(R"({"url": "https://example.org/${repository}"})");
  CHECK(done["depth"] == 2);
  CHECK(done["mode"] == "fast");
  CHECK(done["wait"] == "30s");
  CHECK(done["include"] == Json::array());
  CHECK(done["path"] == "/r/x//r");
  CHECK(done["url"] == "https://example.org/${repository}");
  CHECK_FALSE(done.contains("ratio"));
  CHECK_FALSE(done.contains("deep"));
  CHECK((*complete(R"({"url":"a:b","deep":{}})"))["deep"] == Json({{"n", 1}}));
}

TEST_CASE("completing what was completed changes nothing") {
  const Json once = *complete(R"({"url": "https://example.org/"})");
  CHECK(*host::complete(schema, once, "o", {{"repository", "/r"}}) == once);
}

TEST_CASE("a default that needs an unknown variable is an error that names it") {
  auto result = host::complete(schema, {{"url", "a:b"}}, "o", {});
  REQUIRE_FALSE(result);
  CHECK(result.error().subject == "o.path");
  CHECK(result.error().message.find("\"repository\"") != std::string::npos);
}

TEST_CASE("what does not fit is named with its path and what would be right", "[C01]") {
  CHECK(problem("{}") == "sources[0].options.url: is missing");
  CHECK(problem(R"({"url":null})") == "sources[0].options.url: is missing");
  CHECK(problem(R"({"url":"a:b","dept":1})") ==
        "sources[0].options.dept: is not a known key; did you mean \"depth\"?");
  CHECK(problem(R"({"url":"a:b","zzzzzz":1})") == "sources[0].options.zzzzzz: is not a known key");
  CHECK(problem(R"({"url":1})") == "sources[0].options.url: is a whole number, not a text");
  CHECK(problem(R"({"url":"a:b","depth":6})") == "sources[0].options.depth: is more than 5");
  CHECK(problem(R"({"url":"a:b","depth":-1})") == "sources[0].options.depth: is less than 0");
  CHECK(problem(R"({"url":"a:b","depth":1.5})") ==
        "sources[0].options.depth: is a number, not a whole number");
  CHECK(problem(R"({"url":"a:b","ratio":0.4})") == "sources[0].options.ratio: is less than 0.5");
  CHECK(problem(R"({"url":"a:b","mode":"quick"})").find("not one of \"fast\", \"slow\"") !=
        std::string::npos);
  CHECK(problem(R"({"url":"a:b","include":["",""]})") ==
        "sources[0].options.include[0]: is less than 1 characters");
  CHECK(problem(R"({"url":"a:b","include":["a","b","c"]})") ==
        "sources[0].options.include: is more than 2 items");
  CHECK(problem(R"({"url":"a:b","include":"a"})") ==
        "sources[0].options.include: is a text, not an array");
  CHECK(problem(R"({"url":"a:b","include":[1]})") ==
        "sources[0].options.include[0]: is a whole number, not a text");
  CHECK(problem(R"({"url":"a:b","either":true})") ==
        "sources[0].options.either: is true or false, not a text or a whole number");
  CHECK(problem(R"({"url":"a:b","on":"yes"})") ==
        "sources[0].options.on: is a text, not true or false");
  CHECK(problem(R"({"url":"a:b","deep":{"m":1}})") ==
        "sources[0].options.deep.m: is not a known key");
  CHECK(problem(R"({"url":"a:b","headers":{"A":1}})") ==
        "sources[0].options.headers.A: is a whole number, not a text");
  CHECK(problem("[]") == "sources[0].options: is an array, not an object");
}

TEST_CASE("whole numbers are numbers, sizes may be numbers, maps take any key") {
  CHECK(complete(R"({"url":"a:b","ratio":1})"));
  CHECK(complete(R"({"url":"a:b","most":1048576})"));
  CHECK(complete(R"({"url":"a:b","headers":{"Anything":"x"}})"));
  CHECK(complete(R"({"url":"a:b","either":1})"));
}

TEST_CASE("texts with a format are checked", "[C02][C04]") {
  CHECK(problem(R"({"url":"example.org"})").find("not a URL such as") != std::string::npos);
  CHECK(problem(R"({"url":"http://a b/"})").find("not a URL") != std::string::npos);
  for (const char* bad : {"5", "-1s", "1.5h", "1e999", "1mo", ""})
    CHECK(problem(Json({{"url", "a:b"}, {"wait", bad}}).dump())
              .starts_with("sources[0].options.wait: "));
  CHECK(problem(R"({"url":"a:b","most":"10 MB"})").starts_with("sources[0].options.most: "));
  CHECK(problem(R"({"url":"a:b","match":"(a"})")
            .starts_with("sources[0].options.match: is not a regular"));
  CHECK(complete(R"({"url":"a:b","token":"env:TOKEN"})"));
  CHECK(problem(R"({"url":"a:b","path":""})") == "sources[0].options.path: is not a path");
}

TEST_CASE("a secret written out is refused and not repeated", "[C04][I6]") {
  const std::string said = problem(R"({"url":"a:b","token":"hunter2hunter2"})");
  CHECK(said.find("env:NAME") != std::string::npos);
  CHECK(said.find("hunter2") == std::string::npos);
}

TEST_CASE("a reference to a secret in a longer text is whole, or the right form is named", "[I6]") {
  const auto header = [](const std::string& value) {
    const Json options = {{"url", "a:b"}, {"headers", {{"Authorization", value}}}};
    const auto done = complete(options.dump());
    if (done) return std::string("ok");
    CHECK(done.error().subject == "sources[0].options.headers.Authorization");
    CHECK(done.error().message.find("CANARY") == std::string::npos);
    return done.error().message;
  };
  for (const char* good : {"secret:env:X", "secret:file:/run/x", "Bearer secret:env:X",
                           "token secret:file:/run/x", "sid=secret:env:X; theme=dark",
                           "a secret:env:X b=secret:env:Y", "no secret", "environment:"})
    CHECK(header(good) == "ok");
  for (const char* bad :
       {"Bearer:secret:env:CANARY", "\"secret:env:CANARY\"", "xsecret:env:CANARY"})
    CHECK(header(bad) ==
          "a reference to a secret is a word of its own: write \"Bearer secret:env:NAME\"");
  for (const char* bad : {"secret:", "secret:env:", "Bearer secret: env:X", "secret:CANARY",
                          "secret:file:CANARY", "secret:env:X secret:CANARY"})
    CHECK(header(bad) ==
          "\"secret:\" names no secret: write \"secret:env:NAME\" or \"secret:file:/path\"");
  for (const char* bad : {"env:CANARY", "Bearer env:CANARY", "file:/CANARY", "sid=env:CANARY"})
    CHECK(header(bad).starts_with("a reference to a secret begins with \"secret:\" here: write"));
}

TEST_CASE("a schema with anything that is not understood is refused") {
  CHECK(schema_problem(R"({"type":"object","additionalProperties":false})") == "ok");
  CHECK(schema_problem(schema.dump()) == "ok");
  CHECK(schema_problem(R"({"type":"array"})") == "options.type: is not \"object\"");
  CHECK(schema_problem(R"({"type":"object","patternProperties":{}})") ==
        "options.patternProperties: is not a keyword known here");
  CHECK(schema_problem(R"({"type":"object","properties":{"a":{"type":"string","minimun":1}}})") ==
        "options.properties.a.minimun: is not a keyword known here; did you mean \"minimum\"?");
  CHECK(schema_problem(R"({"type":"object","properties":{"a":{}}})") ==
        "options.properties.a.type: is missing");
  CHECK(schema_problem(R"({"type":"object","properties":{"a":{"type":"text"}}})")
            .find("is not known here") != std::string::npos);
  CHECK(schema_problem(
            R"({"type":"object","properties":{"a":{"type":"string","format":"duratoin"}}})")
            .find("did you mean \"duration\"") != std::string::npos);
  CHECK(schema_problem(
            R"({"type":"object","required":["b"],"properties":{"a":{"type":"string"}}})") ==
        "options.required: \"b\" is not one of the properties");
  CHECK(schema_problem(R"({"type":"object","additionalProperties":true})") ==
        "options.additionalProperties: is neither false nor the schema of a value");
  CHECK(
      schema_problem(R"({"type":"object","properties":{"a":{"type":"integer","minimum":"1"}}})") ==
      "options.properties.a.minimum: is not a number");
  CHECK(
      schema_problem(R"({"type":"object","properties":{"a":{"type":"integer","default":"x"}}})") ==
      "options.properties.a.default: is a text, not a whole number");
  CHECK(schema_problem(
            R"({"type":"object","properties":{"a":{"type":"integer","maximum":1,"default":2}}})") ==
        "options.properties.a.default: is more than 1");
}
