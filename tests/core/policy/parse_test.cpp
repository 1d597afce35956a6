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

TEST_CASE("an adaptive policy says what it may spend, and on what terms") {
  for (const char* text :
       {R"({"adaptive":{"budget":"1000/d","max_staleness":"30d","min_interval":"1h"}})",
        R"({"adaptive":{"budget":"0.5/d","max_staleness":"1d","min_interval":"0s"}})",
        R"({"adaptive":{"budget":{"ttl":"7d"},"max_staleness":"30d","min_interval":"6h"}})"}) {
    INFO(text);
    CHECK(parsed(text)->to_json() == Json::parse(text));
  }
  const auto terms = [](const char* budget) {
    const auto policy =
        parsed((R"({"adaptive":{"budget":)" + std::string(budget) + R"(,"max_staleness":"30d"}})")
                   .c_str());
    return policy->adaptive()->requests_a_day(700);
  };
  CHECK(terms(R"("1000/d")") == 1000);
  CHECK(terms(R"("2/h")") == 48);
  CHECK(terms(R"("7/7d")") == 1);
  CHECK(terms(R"({"ttl":"7d"})") == 100);
  for (const char* text :
       {R"({"any":["triggered",{"adaptive":{"budget":"1/d","max_staleness":"9d"}}]})",
        R"({"by_url":[{"glob":"**/x","policy":"never"}],
            "default":{"adaptive":{"budget":"1/d","max_staleness":"9d"}}})"})
    CHECK(parsed(text)->adaptive() != nullptr);
  CHECK(parsed(R"({"any":["triggered",{"ttl":"1d"}]})")->adaptive() == nullptr);
}

TEST_CASE("a bad budget or bound is refused by its path") {
  const auto refusal = [](const char* object) {
    return refused((R"({"adaptive":)" + std::string(object) + "}").c_str());
  };
  const std::string at = "sources[0].policy.adaptive";
  for (const char* budget : {R"("")", R"("1000")", R"("/d")", R"("x/d")", R"("0/d")", R"("-1/d")",
                             R"("1/x")", R"("1/0s")", R"("1.2.3/d")", R"("1e9/d")",
                             R"("99999999999/s")", "1000", "null", R"({"ttl":"0s"})", "{}"}) {
    INFO(budget);
    const base::Error error =
        refusal((R"({"budget":)" + std::string(budget) + R"(,"max_staleness":"30d"})").c_str());
    CHECK(error.code == base::Code::invalid_argument);
    CHECK(error.subject.starts_with(at + ".budget"));
  }
  CHECK(refusal(R"({"budget":"1/d"})").subject == at + ".max_staleness");
  CHECK(refusal(R"({"budget":"1/d","max_staleness":"0s"})").subject == at + ".max_staleness");
  CHECK(refusal(R"({"budget":"1/d","max_staleness":"1d","min_interval":"1d"})").subject ==
        at + ".min_interval");
  CHECK(refusal(R"({"budget":"1/d","max_staleness":"1d","most":1})").subject == at + ".most");
  CHECK(refused(R"("adaptive")").message.find("needs its budget") != std::string::npos);
}

TEST_CASE("an adaptive policy keeps its bounds, whatever was granted") {
  const auto adaptive =
      parsed(R"({"adaptive":{"budget":"1/d","max_staleness":"30d","min_interval":"1h"}})");
  constexpr base::Millis hour{3'600'000};
  const base::Instant now{1'700'000'000'000};
  policy::Known known;
  CHECK(adaptive->decide(known, now)->refresh);
  known.exists = true;
  known.checked = now + -(hour * 24);
  const auto left = adaptive->decide(known, now);
  CHECK_FALSE(left->refresh);
  CHECK(left->ask_again == known.checked + hour * 24 * 30);
  CHECK(adaptive->decide(known, left->ask_again)->refresh);
  known.granted = true;
  CHECK(adaptive->decide(known, now)->refresh);
  known.checked = now + -base::Millis(1);
  CHECK_FALSE(adaptive->decide(known, now)->refresh);
  known.checked = now + base::Millis(1);
  CHECK(adaptive->decide(known, now)->refresh);
}
