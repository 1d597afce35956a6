#include "core/policy/policy.hpp"

#include <chrono>

#include "core/model/document.hpp"
#include "tests/core/policy/support.hpp"

using namespace std::chrono_literals;
using freshet::base::Instant;
using freshet::base::Millis;
namespace base = freshet::base;
namespace policy = freshet::policy;
using namespace freshet::policy::test;

namespace {

Instant ago(Millis age) { return now + -age; }

}  // namespace

TEST_CASE("never_existing refreshes what is missing and nothing else", "[RP1]") {
  const auto never = policy::never_existing();
  CHECK(refreshes(never, missing()));
  CHECK_FALSE(refreshes(never, read(24h * 365)));
  policy::Known other = read(1h);
  other.uri = "https://example.org/other";
  CHECK_FALSE(refreshes(never, other));
  CHECK(never->decide(missing(), now)->reason == "not known yet");
}

TEST_CASE("never_existing is never asked again once the root is known", "[RP1]") {
  CHECK(policy::never_existing()->decide(read(1h), now)->ask_again == base::never);
}

TEST_CASE("triggered refreshes while a trigger is pending", "[RP trigger]") {
  Known known = read(1h);
  CHECK_FALSE(refreshes(policy::triggered(), known));
  CHECK_FALSE(refreshes(policy::triggered(), missing()));
  CHECK(policy::triggered()->decide(known, now)->ask_again == base::never);
  known.trigger = 7;
  CHECK(refreshes(policy::triggered(), known));
  CHECK(policy::triggered()->decide(known, now)->reason == "external trigger");
  known.trigger_reason = "a push";
  CHECK(policy::triggered()->decide(known, now)->reason == "a push");
  CHECK(policy::any({policy::triggered(), policy::ttl(2h)})->list_every() == Millis(2h));
}

TEST_CASE("the built-in policies accept every document", "[RP2]") {
  freshet::model::Document document;
  for (const auto& each : {policy::always(), policy::never_existing(), policy::ttl(1h)})
    for (int i = 0; i < 10; ++i) CHECK(*each->accept(read(1h), document));
}

TEST_CASE("always refreshes what is known and what is not", "[RP12]") {
  CHECK(refreshes(policy::always(), missing()));
  CHECK(refreshes(policy::always(), read(0ms)));
  CHECK(policy::always()->decide(read(0ms), now)->ask_again == now);
}

TEST_CASE("a TTL refreshes what is missing or older", "[RP14]") {
  const auto half_hour = policy::ttl(30min);
  CHECK(refreshes(half_hour, missing()));
  CHECK(refreshes(half_hour, read(60min)));
  CHECK_FALSE(refreshes(half_hour, read(10min)));
  CHECK(refreshes(half_hour, read(30min + 100ms)));
  CHECK_FALSE(refreshes(half_hour, read(5min)));
  CHECK_FALSE(refreshes(policy::ttl(1h), read(30min)));
  CHECK(refreshes(policy::ttl(1h), read(90min)));
}

TEST_CASE("a TTL of zero or less is always", "[RP15]") {
  for (const Millis none : {Millis(0), Millis(-1), Millis::min()}) {
    CHECK(refreshes(policy::ttl(none), read(0ms)));
    CHECK(policy::ttl(none)->decide(read(0ms), now)->ask_again == now);
    CHECK(policy::ttl(none)->decide(read(0ms), now)->reason == "the TTL is zero");
  }
}

TEST_CASE("a TTL asks again at the instant at which it will say yes") {
  const auto half_hour = policy::ttl(30min);
  const policy::Known known = read(10min);
  const policy::Decision decision = *half_hour->decide(known, now);
  REQUIRE_FALSE(decision.refresh);
  CHECK(decision.ask_again == now + 20min);
  CHECK_FALSE(half_hour->decide(known, decision.ask_again + -1ms)->refresh);
  CHECK(half_hour->decide(known, decision.ask_again)->refresh);
}

TEST_CASE("a TTL counts from the last check unless told to count from ingestion") {
  policy::Known known = read(2h);
  known.checked = ago(5min);  // confirmed by a 304 since
  CHECK_FALSE(refreshes(policy::ttl(1h), known));
  CHECK(policy::ttl(1h)->decide(known, now)->ask_again == now + 55min);
  CHECK(refreshes(policy::ttl(1h, policy::From::ingested), known));
}

TEST_CASE("a clock set back never makes content fresh", "[T01]") {
  const auto day = policy::ttl(24h);
  CHECK(refreshes(day, read(-1s)));
  CHECK(refreshes(day, read(-24h * 3650)));
  // One refresh at the new time mends it: no root stays stuck, and none is read twice.
  CHECK_FALSE(day->decide(read(0ms), now + 1s)->refresh);
}

TEST_CASE("a clock set forward costs one refresh", "[T01]") {
  const auto day = policy::ttl(24h);
  const Instant later = now + 24h * 3650;
  CHECK(day->decide(read(1h), later)->refresh);
  policy::Known again = read(1h);
  again.checked = again.ingested = later;
  CHECK_FALSE(day->decide(again, later + 1h)->refresh);
}

TEST_CASE("a TTL takes the ends of time without wrapping round", "[T01]") {
  const auto longest = policy::ttl(Millis::max());
  CHECK(longest->decide(read(1h), now)->ask_again == base::never);
  policy::Known known = read(1h);
  known.checked = base::unset;
  CHECK(refreshes(longest, known));  // stored, never confirmed
  known.checked = Instant{INT64_MIN};
  CHECK(policy::ttl(1h)->decide(known, base::never)->refresh);
}

TEST_CASE("what is dated after now is not told to a policy that could believe it") {
  for (const Millis age : {Millis(-1), Millis(0), Millis(1)}) {
    const policy::Known known = policy::believable(read(age), now);
    for (const Instant at : {known.ingested, known.checked, known.changed})
      CHECK(at == (age < Millis(0) ? base::unset : ago(age)));
    CHECK(known.exists);
  }
}

TEST_CASE("the built-in policies may be asked inside a commit") {
  for (const auto& each : {policy::always(), policy::never_existing(), policy::ttl(1h)})
    CHECK(each->is_pure());
}

TEST_CASE("a reason is cut between two code points, and is always UTF-8") {
  const std::string long_one(200, 'x');
  CHECK(policy::Reason(long_one).view() == std::string(95, 'x'));
  for (const std::string& point :
       {std::string("\xC3\xA9"), std::string("\xE2\x82\xAC"), std::string("\xF0\x9F\x8C\x8A")})
    for (std::size_t before = 90; before < 96; ++before) {
      const std::string front(before, 'x');
      const bool fits = before + point.size() <= 95;
      CHECK(policy::Reason(front + point + "y").view().substr(0, before) == front);
      CHECK(policy::Reason(front + point).view() == (fits ? front + point : front.substr(0, 95)));
      CHECK(policy::Reason(front + point.substr(0, point.size() - 1)).view() ==
            front.substr(0, 95));  // cut by who wrote it
    }
  CHECK(policy::Reason("a\xFF"
                       "b")
            .view() ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(policy::Reason("").view().empty());
}
