#include "core/model/document.hpp"
#include "tests/core/policy/support.hpp"

using namespace std::chrono_literals;
using namespace freshet::policy;
using namespace freshet::policy::test;
namespace base = freshet::base;

TEST_CASE("any says yes when one does, with its reason; of none it says no", "[RP composites]") {
  const auto two = any({never_existing(), ttl(1h)});
  CHECK(refreshes(two, read(2h)));
  CHECK(two->decide(read(2h), now)->reason == "older than the TTL");
  CHECK(two->decide(read(2h), now)->ask_again == now);
  CHECK_FALSE(refreshes(two, read(30min)));
  CHECK(two->decide(read(30min), now)->ask_again == now + 30min);
  CHECK(two->decide(read(30min), now)->reason == "within the TTL");
  const auto none = any({});
  CHECK_FALSE(refreshes(none, missing()));
  CHECK(none->decide(missing(), now)->ask_again == base::never);
  CHECK(none->decide(missing(), now)->reason == "any of no policy");
}

TEST_CASE("all says yes when all do; of none it says yes", "[RP composites]") {
  const auto two = all({ttl(1h), ttl(3h)});
  CHECK(refreshes(two, read(3h)));
  CHECK_FALSE(refreshes(two, read(2h)));
  CHECK(two->decide(read(2h), now)->ask_again == now + 1h);
  CHECK(two->decide(read(2h), now)->reason == "within the TTL");
  CHECK(two->decide(read(0h), now)->ask_again == now + 3h);
  CHECK(all({always(), never_existing()})->decide(read(1h), now)->ask_again == base::never);
  CHECK(refreshes(all({}), read(1h)));
}

TEST_CASE("a time to ask again is one at which the answer is yes") {
  for (const auto& policy : {any({ttl(2h), ttl(5h)}), all({ttl(2h), ttl(5h)}),
                             all({any({ttl(1h), ttl(2h)}), ttl(3h)})}) {
    const base::Instant again = policy->decide(read(30min), now)->ask_again;
    CHECK(again > now);
    const Known then = read(30min + (again - now), again);
    CHECK(refreshes(policy, then, again));
    CHECK_FALSE(refreshes(policy, then, again + -1ms));
  }
}

TEST_CASE("any and all accept as their members do") {
  freshet::model::Document document;
  const PolicyPtr failing = std::make_shared<Failing>();
  CHECK(*any({failing, always()})->accept(read(1h), document));
  CHECK_FALSE(*any({failing})->accept(read(1h), document));
  CHECK_FALSE(*all({failing, always()})->accept(read(1h), document));
  CHECK(*all({always(), ttl(1h)})->accept(read(1h), document));
}

TEST_CASE("a member that fails is a failure, unless another one of any says yes") {
  const PolicyPtr failing = std::make_shared<Failing>();
  CHECK(refreshes(any({failing, always()}), read(1h)));
  CHECK(any({failing, never_existing()})->decide(read(1h), now).error().message == "it failed");
  CHECK(all({failing, always()})->decide(read(1h), now).error().message == "it failed");
  CHECK_FALSE(any({always(), failing})->is_pure());
  CHECK(any({always(), ttl(1h)})->is_pure());
}

TEST_CASE("a listing stands as long as the member that is asked for first, or last") {
  CHECK(any({ttl(2h), ttl(5h), never_existing()})->list_every() == base::Millis(0h));
  CHECK(any({ttl(2h), ttl(5h)})->list_every() == base::Millis(2h));
  CHECK(all({ttl(2h), ttl(5h)})->list_every() == base::Millis(5h));
}

TEST_CASE("any and all read the JSON that they write, nested as deep as one likes") {
  for (const char* text : {R"({"any":[]})", R"({"all":["always",{"ttl":"1d"}]})",
                           R"({"any":[{"all":[{"any":[{"ttl":"1h"}]}]},"never"]})"})
    CHECK(parsed(text)->to_json() == base::Json::parse(text));
}

TEST_CASE("what is wrong inside any and all is named by its path") {
  CHECK(refused(R"({"any":[{"all":["always","24h"]}]})").subject ==
        "sources[0].policy.any[0].all[1]");
  CHECK(refused(R"({"any":"always"})").subject == "sources[0].policy.any");
  CHECK(refused(R"({"all":[],"any":[]})").subject.starts_with("sources[0].policy"));
  CHECK(refused(R"("any")").message == R"(any needs its policies: write {"any":[…]})");
}
