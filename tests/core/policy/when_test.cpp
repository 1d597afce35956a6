#include "tests/core/policy/support.hpp"

using namespace std::chrono_literals;
using namespace freshet::policy;
using namespace freshet::policy::test;
namespace base = freshet::base;

namespace {

Decision decided(const std::string& conditions, const Known& known) {
  return *parsed(R"({"when":[)" + conditions + "]}")->decide(known, now);
}

}  // namespace

TEST_CASE("when says yes if all conditions hold", "[RP conditional]") {
  Known known = read(5h);
  known.flags = R"({"team":"docs","n":1})";
  known.metadata = R"({"draft":false})";
  CHECK(decided(R"({"exists":true},{"older_than":"5h"},{"flag":"team","equals":"docs"},
    {"flag":"n","equals":1},{"flag":"other","absent":true},{"metadata":"draft","equals":false})",
                known)
            .refresh);
  CHECK_FALSE(decided(R"({"exists":true},{"flag":"team","equals":"other"})", known).refresh);
  CHECK_FALSE(decided(R"({"exists":false})", known).refresh);
  CHECK_FALSE(decided(R"({"metadata":"draft","absent":true})", known).refresh);
  CHECK(decided("", known).refresh);
  CHECK(decided(R"({"exists":false})", missing()).refresh);
}

TEST_CASE("it is asked again when the last condition may hold, and never where one cannot") {
  Known known = read(1h);
  known.ingested = now + -2h;
  CHECK(decided(R"({"older_than":"3h"},{"older_than":"3h","of":"ingested"})", known).ask_again ==
        now + 2h);
  CHECK(decided(R"({"older_than":"3h","of":"ingested"})", known).ask_again == now + 1h);
  CHECK(decided(R"({"older_than":"3h"},{"flag":"x","equals":1})", known).ask_again == base::never);
  CHECK(
      decided(R"({"window":{"from":"09:00","to":"17:00"}},{"older_than":"1h"})", known).ask_again ==
      now + 1h);
  CHECK(decided(R"({"flag":"x","equals":1})", known).reason ==
        R"(not so: {"equals":1,"flag":"x"})");
}

TEST_CASE("what was never checked, or is in the future, is older than anything") {
  CHECK(decided(R"({"older_than":"99w"})", missing()).refresh);
  CHECK(decided(R"({"older_than":"1h"})", read(-10h)).refresh);
}

TEST_CASE("a condition can be the application's own") {
  const NamedPolicies named{{"mine", always()}, {"fails", std::make_shared<Failing>()}};
  const auto policy = parsed(R"({"when":[{"custom":"mine"},{"older_than":"2h"}]})", named);
  CHECK_FALSE(refreshes(policy, read(1h)));
  CHECK(refreshes(policy, read(2h)));
  CHECK_FALSE(parsed(R"({"when":[{"custom":"fails"}]})", named)->decide(read(1h), now));
  CHECK_FALSE(parsed(R"({"when":[{"custom":"fails"}]})", named)->is_pure());
}

TEST_CASE("when reads the JSON that it writes") {
  const char* text = R"({"when":[{"exists":true},{"older_than":"1d","of":"changed"},"never",
    {"window":{"from":"22:00","to":"06:00"}},{"flag":"a","equals":[1,{"b":null}]}]})";
  CHECK(parsed(text)->to_json() == base::Json::parse(text));
}

TEST_CASE("what is wrong in a condition is named by its path") {
  const auto path = [](const char* condition) {
    return refused(std::string(R"({"when":[)") + condition + "]}").subject;
  };
  CHECK(path(R"({"exists":"yes"})") == "sources[0].policy.when[0].exists");
  CHECK(path(R"({"older_than":5})") == "sources[0].policy.when[0].older_than");
  CHECK(path(R"({"older_than":"5 h"})") == "sources[0].policy.when[0].older_than");
  CHECK(path(R"({"older_than":"5h","of":"read"})") == "sources[0].policy.when[0].older_than");
  CHECK(path(R"({"flag":"a"})") == "sources[0].policy.when[0].flag");
  CHECK(path(R"({"flag":"a","equals":1,"absent":true})") == "sources[0].policy.when[0].flag");
  CHECK(path(R"({"window":{"from":"9:00","to":"17:00"}})") ==
        "sources[0].policy.when[0].window.from");
  CHECK(path(R"({"ttl":"1h"})") == "sources[0].policy.when[0]");
  CHECK(path(R"({"exists":true,"older_than":"1h"})").starts_with("sources[0].policy.when[0]"));
}
