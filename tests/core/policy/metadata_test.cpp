#include "tests/core/policy/support.hpp"

using namespace std::chrono_literals;
using namespace freshet::policy;
using namespace freshet::policy::test;
namespace base = freshet::base;

namespace {

Known with(base::Millis age, const char* flags, const char* metadata = "") {
  Known known = read(age);
  known.flags = flags;
  known.metadata = metadata;
  return known;
}

}  // namespace

TEST_CASE("the first of the flags that is set decides", "[RP metadata]") {
  const auto policy = parsed(R"("metadata")");
  CHECK(refreshes(policy, missing()));
  CHECK(refreshes(policy, with(0h, R"({"no_refresh":true,"force_refresh":true})")));
  CHECK_FALSE(refreshes(policy, with(999h, R"({"no_refresh":true,"refresh_ttl_hours":1})")));
  CHECK_FALSE(refreshes(policy, with(999h, R"({"immutable":true,"priority":"critical"})")));
  CHECK(refreshes(policy, with(2h, R"({"refresh_ttl_hours":2,"priority":"low"})")));
  CHECK_FALSE(refreshes(policy, with(2h, R"({"refresh_ttl_hours":2.5})")));
  CHECK(refreshes(policy, with(1h, R"({"refresh_ttl_hours":0})")));
  CHECK(refreshes(policy, with(1h, R"({"priority":"critical"})")));
  CHECK_FALSE(refreshes(policy, with(5h, R"({"priority":"high"})")));
  CHECK(refreshes(policy, with(24h, R"({"priority":"normal"})")));
  CHECK_FALSE(refreshes(policy, with(167h, R"({"priority":"low"})")));
  CHECK(refreshes(policy, with(24h, R"({"priority":"strange"})")));
  CHECK(refreshes(policy, with(24h, "")));
}

TEST_CASE("a flag that is set to no more than false decides nothing") {
  const auto policy = parsed(R"("metadata")");
  CHECK_FALSE(refreshes(policy, with(1h, R"({"force_refresh":false})")));
  CHECK_FALSE(refreshes(policy, with(1h, R"({"force_refresh":"true"})")));
  CHECK(refreshes(policy, with(24h, R"({"no_refresh":false,"immutable":0})")));
  CHECK(refreshes(policy, with(24h, R"({"refresh_ttl_hours":"x"})")));
  CHECK(refreshes(policy, with(24h, R"({"refresh_ttl_hours":null})")));
}

TEST_CASE("the document's metadata says what no flag does, but may not force") {
  const auto policy = parsed(R"("metadata")");
  CHECK(refreshes(policy, with(1h, "", R"({"priority":"critical"})")));
  CHECK_FALSE(refreshes(policy, with(1h, R"({"priority":"low"})", R"({"priority":"critical"})")));
  CHECK_FALSE(refreshes(policy, with(999h, "", R"({"immutable":true})")));
  CHECK(refreshes(policy, with(999h, R"({"immutable":false})", R"({"immutable":true})")));
  CHECK_FALSE(refreshes(policy, with(0h, "", R"({"force_refresh":true})")));
  CHECK_FALSE(refreshes(policy, with(0h, "", "no JSON, but force_refresh")));
}

TEST_CASE("when to ask again is when the TTL runs out, or never where a flag decided") {
  const auto policy = parsed(R"("metadata")");
  CHECK(policy->decide(with(1h, R"({"priority":"high"})"), now)->ask_again == now + 5h);
  const auto frozen = policy->decide(with(1h, R"({"no_refresh":true})"), now);
  CHECK(frozen->ask_again == base::never);
  CHECK(frozen->reason == "no_refresh is set");
}

TEST_CASE("hours that no clock can count are bounded") {
  const auto policy = parsed(R"("metadata")");
  CHECK_FALSE(refreshes(policy, with(24h * 365, R"({"refresh_ttl_hours":1e300})")));
  CHECK(refreshes(policy, with(0h, R"({"refresh_ttl_hours":-5})")));
}

TEST_CASE("priorities can be configured") {
  const char* text = R"({"metadata":{"priorities":{"critical":"5m","high":"1h","normal":"2h",
    "low":"1d"},"default":"3h","from":"ingested"}})";
  CHECK(parsed(text)->to_json() == base::Json::parse(text));
  Known known = with(2h, R"({"priority":"normal"})");
  CHECK(refreshes(parsed(text), known));
  known.checked = now;
  CHECK(refreshes(parsed(text), known));
  CHECK(refused(R"({"metadata":{"priorities":{"urgent":"1h"}}})").subject ==
        "sources[0].policy.metadata.priorities.urgent");
  CHECK(refused(R"({"metadata":{"default":5}})").subject == "sources[0].policy.metadata.default");
}

TEST_CASE("only a policy that looks at force_refresh is forced") {
  const Known known = with(1h, R"({"force_refresh":true})");
  CHECK(parsed(R"({"any":[{"ttl":"1h"},"metadata"]})")->is_forced(known));
  CHECK(parsed(R"({"by_url":[],"default":"metadata"})")->is_forced(known));
  CHECK_FALSE(parsed(R"({"by_url":[{"contains":"/","policy":"always"}],"default":"metadata"})")
                  ->is_forced(known));
  CHECK_FALSE(parsed(R"({"any":[{"ttl":"1h"},"always"]})")->is_forced(known));
  CHECK_FALSE(parsed(R"("metadata")")->is_forced(with(1h, R"({"force_refresh":1})")));
}
