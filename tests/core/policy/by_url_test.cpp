#include "tests/core/policy/support.hpp"

using namespace std::chrono_literals;
using namespace freshet::policy;
using namespace freshet::policy::test;
namespace base = freshet::base;

namespace {

Known at(const char* uri, base::Millis age = 1h) {
  Known known = read(age);
  known.uri = uri;
  return known;
}

}  // namespace

TEST_CASE("by_url asks the policy of the first rule that matches", "[RP13]") {
  const auto policy = parsed(R"({"by_url":[{"contains":"keep-me","policy":"never"},
    {"contains":["refresh","news"],"policy":"always"},{"regex":"\\.html$","policy":{"ttl":"30m"}}]})");
  CHECK(refreshes(policy, at("https://example.org/refresh/a")));
  CHECK_FALSE(refreshes(policy, at("https://example.org/keep-me/refresh")));
  CHECK(refreshes(policy, at("https://example.org/folder/index.html")));
  CHECK_FALSE(refreshes(policy, at("https://example.org/page.html", 10min)));
  CHECK_FALSE(refreshes(policy, at("https://example.org/page.json")));
}

TEST_CASE("what no rule matches is read once, unless a default says otherwise", "[RP13]") {
  const auto rules = std::string(R"("by_url":[{"contains":"zz","policy":"always"}])");
  CHECK(refreshes(parsed("{" + rules + "}"), missing()));
  CHECK_FALSE(refreshes(parsed("{" + rules + "}"), read(24h)));
  CHECK(refreshes(parsed("{" + rules + R"(,"default":{"ttl":"12h"}})"), read(24h)));
}

TEST_CASE("globs mean what they mean to a loader, regular expressions are searched for") {
  const auto policy =
      parsed(R"({"by_url":[{"glob":"https://*.example.org/**/news/*","policy":"always"},
    {"regex":["^https://a\\.","b{2}"],"policy":"always"}]})");
  CHECK(refreshes(policy, at("https://www.example.org/de/news/1")));
  CHECK(refreshes(policy, at("https://www.example.org/news/1")));
  CHECK_FALSE(refreshes(policy, at("https://www.example.org/news/1/2")));
  CHECK(refreshes(policy, at("https://a.net/")));
  CHECK_FALSE(refreshes(policy, at("https://x.net/?https://a.")));
  CHECK(refreshes(policy, at("https://x.net/abba")));
}

TEST_CASE("a rule matches a URI of any length at once") {
  const auto policy = parsed(R"({"by_url":[{"regex":"(a*)*b$","policy":"always"}]})");
  Known known = read(1h);
  const std::string uri = "https://example.org/" + std::string(100'000, 'a');
  known.uri = uri;
  CHECK_FALSE(refreshes(policy, known));
}

TEST_CASE("by_url reads the JSON that it writes") {
  const char* text = R"({"by_url":[{"glob":["a","b"],"policy":{"ttl":"1h"}},{"contains":"x",
    "policy":{"by_url":[],"default":"always"}}],"default":"never"})";
  CHECK(parsed(text)->to_json() == base::Json::parse(text));
}

TEST_CASE("what is wrong in a rule is named by its path") {
  const auto path = [](const char* rule) {
    return refused(std::string(R"({"by_url":[)") + rule + "]}").subject;
  };
  CHECK(path(R"({"glob":"a"})") == "sources[0].policy.by_url[0].policy");
  CHECK(path(R"({"glob":"a","policy":"alway"})") == "sources[0].policy.by_url[0].policy");
  CHECK(path(R"({"regex":"(","policy":"always"})") == "sources[0].policy.by_url[0].regex");
  CHECK(path(R"({"contains":["a",""],"policy":"always"})") ==
        "sources[0].policy.by_url[0].contains[1]");
  CHECK(path(R"({"glob":"a","regex":"b","policy":"always"})") == "sources[0].policy.by_url[0]");
  CHECK(path(R"({"policy":"always"})") == "sources[0].policy.by_url[0]");
  CHECK(path(R"({"globb":"a","policy":"always"})") == "sources[0].policy.by_url[0].globb");
}
