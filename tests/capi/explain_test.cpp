// What freshet_explain_root() says of a root, and that it changes nothing.
#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

Json explained(const Site& site, const std::string& uri, const std::string& config = "") {
  char* json = nullptr;
  REQUIRE_OK(freshet_explain_root(site.store.repository, uri.c_str(),
                                  config.empty() ? nullptr : config.c_str(), nullptr, &json,
                                  out_error));
  return Json::parse(take(json));
}

const Json daily = Json::parse(R"({"policy":{"ttl":"1d"}})");

}  // namespace

TEST_CASE("a fresh root says when it was checked, by which source, and when it is asked again",
          "[explain]") {
  Site site;
  site.run(daily);
  const std::string uri = "file://" + site.path(1);
  const Json told = explained(site, uri);
  CHECK(told["known"] == true);
  CHECK(told["exists"] == true);
  CHECK(told["due"] == false);
  CHECK(told["title"] == "Page 1");
  CHECK(told["ask_again_ms"] == told["checked_ms"].get<std::int64_t>() + 24 * 3'600'000);
  CHECK(told["ingested_ms"] == told["changed_ms"]);
  for (const char* none : {"failure", "trigger", "exclusion", "refusal", "lease", "decisions"}) {
    INFO(none);
    CHECK(told[none].is_null());
  }
  REQUIRE(told["sources"].size() == 1);
  const Json& source = told["sources"][0];
  CHECK(source["loader"] == "files");
  CHECK(source["policy"] == daily["policy"]);
  CHECK(source["in_last_listing"] == true);
}

TEST_CASE("with a configuration it says what a run would decide now, and why", "[explain]") {
  Site site;
  site.run(daily);
  const std::string uri = "file://" + site.path(1);
  Json now = explained(site, uri, site.config(daily))["decisions"];
  REQUIRE(now.size() == 1);
  CHECK(now[0]["has_it"] == true);
  CHECK(now[0]["refresh"] == false);
  CHECK(now[0]["policy"] == daily["policy"]);
  CHECK(now[0]["ask_again_ms"].is_number());
  CHECK(!now[0]["reason"].get<std::string>().empty());
  Json forced = daily;
  forced["force"] = true;
  now = explained(site, uri, site.config(forced))["decisions"];
  CHECK(now[0]["refresh"] == true);
  CHECK(now[0]["reason"] == "forced");
  Json smaller = daily;
  smaller["chunker"] = {{"max_chunk_size", 100}, {"overlap_size", 0}};
  now = explained(site, uri, site.config(smaller))["decisions"];
  CHECK(now[0]["refresh"] == true);
  CHECK(now[0]["reason"] == "reader or chunker changed");
  // And it did nothing.
  CHECK(site.run(daily)["skipped"] == 3);
}

TEST_CASE("what people and programs said of a root is told", "[explain]") {
  Site site;
  site.run(daily);
  const std::string uri = "file://" + site.path(0), gone = "file://" + site.path(2);
  REQUIRE_OK(freshet_trigger_root(site.store.repository, uri.c_str(), "a push", out_error));
  REQUIRE_OK(freshet_repository_set_flags(site.store.repository, uri.c_str(), R"({"owner":"docs"})",
                                          out_error));
  const char* const one = gone.c_str();
  REQUIRE_OK(
      freshet_repository_exclude(site.store.repository, &one, 1, "withdrawn", nullptr, out_error));
  Json told = explained(site, uri);
  CHECK(told["trigger"]["reason"] == "a push");
  CHECK(told["flags"] == Json{{"owner", "docs"}});
  CHECK(told["due"] == true);
  told = explained(site, gone);
  CHECK(told["known"] == false);
  CHECK(told["exclusion"]["why"] == "withdrawn");
}

TEST_CASE("the last failure is told, with how many there were", "[explain]") {
  Site site;
  site.run(daily);
  const std::string uri = "file://" + site.path(0);
  Json forced = daily;
  forced["force"] = true;
  site.write(0, std::string("\xff\xfe\x00\x01 no text", 13));
  for (int i = 0; i < 2; ++i) CHECK(site.run(forced)["failed"] == 1);
  const Json told = explained(site, uri);
  CHECK(told["exists"] == true);
  CHECK(told["failure"]["in_a_row"] == 2);
  CHECK(!told["failure"]["message"].get<std::string>().empty());
  CHECK(told["refusal"]["by"] == "reader");
}

TEST_CASE("a URI that is not known is explained by what its sources would say", "[explain]") {
  Site site;
  const std::string uri = "file://" + site.path(0);
  Failure failure;
  char* json = nullptr;
  CHECK(freshet_explain_root(site.store.repository, uri.c_str(), nullptr, nullptr, &json,
                             failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(json == nullptr);
  CHECK(failure.subject() == uri);
  const Json told = explained(site, uri, site.config(daily));
  CHECK(told["known"] == false);
  REQUIRE(told["decisions"].size() == 1);
  CHECK(told["decisions"][0]["has_it"] == false);
  CHECK(told["decisions"][0]["refresh"] == true);
  CHECK(freshet_explain_root(site.store.repository, "", nullptr, nullptr, &json, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "uri");
  CHECK(freshet_explain_root(site.store.repository, "x", R"({"policy":"alwys"})", nullptr, &json,
                             failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "policy");
}

}  // namespace freshet::capi_test
