#include "tests/core/policy/support.hpp"

namespace base = freshet::base;
namespace policy = freshet::policy;
using base::Json;

using namespace freshet::policy::test;

TEST_CASE("a policy reads the JSON that it writes") {
  for (const char* text : {R"("always")", R"("never")", R"("triggered")", R"({"ttl":"1d"})",
                           R"({"ttl":"1m30s","from":"ingested"})", R"({"ttl":"0s"})"}) {
    INFO(text);
    const Json json = parsed(text)->to_json();
    CHECK(json == Json::parse(text));
    CHECK(parsed(json.dump().c_str())->to_json() == json);
  }
  CHECK(parsed(R"({"ttl":"24h","from":"checked"})")->to_json() == Json{{"ttl", "1d"}});
}

TEST_CASE("a bare duration is refused with the form that is meant") {
  const base::Error error = refused(R"("24h")");
  CHECK(error.code == base::Code::invalid_argument);
  CHECK(error.subject == "sources[0].policy");
  CHECK(error.message == R"(a duration alone is not a policy: write {"ttl":"24h"})");
}

TEST_CASE("unknown policies are refused with the nearest known one") {
  CHECK(refused(R"("allways")").message == R"("allways" is not a policy; did you mean "always"?)");
  CHECK(refused(R"({"tll":"24h"})").message == R"("tll" is not a policy; did you mean "ttl"?)");
  CHECK(refused(R"({"tll":"24h"})").subject == "sources[0].policy.tll");
  CHECK(refused(R"("something else entirely")").message.find(R"(write "always")") !=
        std::string::npos);
}

TEST_CASE("a policy of the application is found by its name") {
  const policy::NamedPolicies named{{"nightly", policy::ttl(base::Millis(1000))},
                                    {"drafts", policy::always()}};
  const auto parse = [&](const char* text) {
    return policy::parse_policy(Json::parse(text), "sources[0].policy", named);
  };
  const auto found = parse(R"({"custom":"nightly"})");
  REQUIRE(found);
  CHECK((*found)->to_json() == Json{{"custom", "nightly"}});
  CHECK((*found)->list_every() == base::Millis(1000));
  CHECK((*found)->is_pure());
  const auto unknown = parse(R"({"custom":"nightli"})");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().message == R"(no policy is named "nightli"; there is "drafts", "nightly")");
  CHECK(unknown.error().subject == "sources[0].policy.custom");
  CHECK(refused(R"({"custom":"x"})").message ==
        R"(no policy is named "x": none was given with a name)");
  for (const char* text : {R"("custom")", R"({"custom":true})", R"({"custom":"x","ttl":"1h"})"})
    CHECK(refused(text).code == base::Code::invalid_argument);
}

TEST_CASE("a name stands for a policy that is finished, so that no names go round in a circle") {
  policy::NamedPolicies named{{"a", policy::ttl(base::Millis(1000))}};
  const auto parse = [&](const char* text) {
    return policy::parse_policy(Json::parse(text), "policy", named);
  };
  const auto first = parse(R"({"any":[{"custom":"a"},"triggered"]})");
  REQUIRE(first);
  named["a"] = *first;  // of itself: of what the name stood for then
  const auto second = parse(R"({"all":[{"custom":"a"},{"custom":"b"}]})");
  REQUIRE_FALSE(second);  // nor can what is not there yet be named
  CHECK(second.error().subject == "policy.all[1].custom");
  named["b"] = *parse(R"({"all":[{"custom":"a"}]})");
  named["a"] = *parse(R"({"all":[{"custom":"b"}]})");
  const auto both = parse(R"({"any":[{"custom":"a"},{"custom":"b"}]})");
  REQUIRE(both);
  CHECK(refreshes(*both, missing()));
  base::Error refused;
  for (int i = 0; i < 10'000 && refused.message.empty(); ++i) {
    const auto deeper = parse(R"({"any":[{"custom":"a"}]})");
    if (deeper)
      named["a"] = *deeper;
    else
      refused = deeper.error();
  }
  CHECK(refused.message == "more than 64 policies lie one inside another");
  CHECK(refused.subject == "policy");
}

TEST_CASE("policies that nest too deeply are refused with the place where") {
  for (const int depth : {33, 100, 10'000}) {
    INFO(depth);
    std::string text;
    for (int i = 0; i < depth; ++i) text += R"({"any":[)";
    text += R"("always")";
    for (int i = 0; i < depth; ++i) text += "]}";
    const auto read = base::parse_json(text, "policy");
    REQUIRE_FALSE(read);
    CHECK(read.error().code == base::Code::invalid_argument);
    CHECK(read.error().subject == "policy");
    CHECK(read.error().message.starts_with("deeper than 64 levels, at any[0].any[0].any[0]"));
    CHECK(read.error().message.size() < 300);
  }
}

TEST_CASE("wrong values are refused at their path") {
  CHECK(refused(R"({"ttl":5})").subject == "sources[0].policy.ttl");
  CHECK(refused(R"({"ttl":null})").subject == "sources[0].policy.ttl");
  CHECK(refused(R"({"ttl":"-1s"})").subject == "sources[0].policy.ttl");
  CHECK(refused(R"({"ttl":"1h","from":"changed"})").subject == "sources[0].policy.from");
  CHECK(refused(R"({"ttl":"1h","form":"checked"})").message.find("\"from\"") != std::string::npos);
  CHECK(refused(R"({"from":"checked"})").subject == "sources[0].policy.ttl");
  for (const char* text : {"null", "true", "3", "[]", "{}", R"("")", R"("ttl")", R"({"always":{}})",
                           R"({"triggered":true})", R"({"any":null})", R"({"all":null})",
                           R"({"by_url":null})", R"({"business_hours":null})",
                           R"({"metadata":null})", R"({"when":null})", R"("business_hours")"}) {
    INFO(text);
    CHECK(refused(text).code == base::Code::invalid_argument);
  }
}
