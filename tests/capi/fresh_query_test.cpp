// Queries that say how lately the sources are to have confirmed what they find.
#include <chrono>
#include <thread>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

const Json weekly = Json::parse(R"({"policy":{"ttl":"7d"}})");

struct FreshSite : Site {
  FreshSite() : Site(3) { run(weekly); }

  Json query(const std::string& text, const Json& more = Json::object()) const {
    Json options{{"mode", "text"}};
    options.update(more);
    freshet_hits* hits = nullptr;
    REQUIRE_OK(freshet_query_run(store.repository, text.c_str(), options.dump().c_str(), nullptr,
                                 &hits, out_error));
    char* json = nullptr;
    REQUIRE_OK(freshet_hits_to_json(hits, &json, out_error));
    freshet_hits_free(hits);
    return Json::parse(take(json))["hits"];
  }
  Json fresh(const std::string& text, const Json& config = weekly) const {
    return query(text, {{"max_age", "0s"}, {"config", Json::parse(this->config(config))}});
  }
  std::string uri(int number) const { return "file://" + path(number); }
  freshet_status refused(const char* options, Failure& failure) const {
    freshet_hits* hits = nullptr;
    return freshet_query_run(store.repository, "rivers", options, nullptr, &hits, failure.out());
  }
};

std::uint64_t runs_of(const Site& site) {
  char* json = nullptr;
  REQUIRE_OK(freshet_repository_status(site.store.repository, &json, out_error));
  return Json::parse(take(json))["runs"].size();
}

}  // namespace

TEST_CASE("every hit says when its root was confirmed, and when it is due", "[freshness]") {
  FreshSite site;
  const Json hits = site.query("rivers");
  REQUIRE(hits.size() == 3);
  for (const Json& hit : hits) {
    CHECK(hit["checked_ms"] > 1'700'000'000'000);
    CHECK(hit["due_ms"] == hit["checked_ms"].get<std::int64_t>() + 7LL * 24 * 3'600'000);
    CHECK(hit["unconfirmed"].is_null());
  }
  freshet_hits* raw = nullptr;
  REQUIRE_OK(freshet_query_run(site.store.repository, "rivers", nullptr, nullptr, &raw, out_error));
  freshet_hit hit = FRESHET_HIT_INIT;
  REQUIRE_OK(freshet_hits_get(raw, 0, &hit, out_error));
  CHECK(hit.checked_ms > 1'700'000'000'000);
  CHECK(hit.unconfirmed == std::string());
  freshet_hits_free(raw);
}

TEST_CASE("what has changed is read before it is answered with, whatever its policy says",
          "[freshness]") {
  FreshSite site;
  site.write(1, "Rivers have run dry.");
  CHECK(site.query("rivers dry", {{"limit", 1}})[0]["text"].get<std::string>().find("dry") ==
        std::string::npos);
  const std::uint64_t runs = runs_of(site);
  const Json hits = site.fresh("rivers dry");
  REQUIRE(hits.size() == 3);
  CHECK(hits[0]["uri"] == site.uri(1));
  CHECK(hits[0]["text"].get<std::string>().find("run dry") != std::string::npos);
  for (const Json& hit : hits) CHECK(hit["unconfirmed"].is_null());
  CHECK(runs_of(site) == runs);  // nobody started a run
  // The policy of the source says when to ask again, as after any refresh.
  CHECK(hits[0]["due_ms"] == hits[0]["checked_ms"].get<std::int64_t>() + 7LL * 24 * 3'600'000);
  CHECK(site.run(weekly)["skipped"] == 3);
  site.check();
}

TEST_CASE("what was confirmed lately enough is not asked for", "[freshness]") {
  FreshSite site;
  site.write(1, "Rivers have run dry.");
  const Json hits =
      site.query("rivers", {{"max_age", "1h"}, {"config", Json::parse(site.config(weekly))}});
  for (const Json& hit : hits) {
    CHECK(hit["text"].get<std::string>().find("dry") == std::string::npos);
    CHECK(hit["unconfirmed"].is_null());
  }
}

TEST_CASE("what could not be confirmed is answered with all the same, and says why",
          "[freshness]") {
  FreshSite site;
  SECTION("a page that cannot be read any more") {
    site.write(1, std::string("\xff\xfe\x00\x01 no text", 13));
    for (const Json& hit : site.fresh("rivers")) {
      const bool broken = hit["uri"] == site.uri(1);
      CHECK(hit["unconfirmed"].is_null() != broken);
    }
  }
  SECTION("a page that is gone") {
    std::filesystem::remove(site.path(1));
    const Json hits = site.fresh("rivers");  // it went with the question
    REQUIRE(hits.size() == 2);
    for (const Json& hit : hits) CHECK(hit["uri"] != site.uri(1));
  }
  SECTION("a source that the configuration does not have") {
    const Json other{{"loader", "files"}, {"options", {{"path", site.store.folder.path()}}}};
    Json config = weekly;
    config["sources"] = {other};
    for (const Json& hit : site.fresh("rivers", config))
      CHECK(hit["unconfirmed"] == "no source of the configuration has it");
  }
  SECTION("a run that is refused") {
    Json config = weekly;
    config["embedder"] = nullptr;  // another than it was delivered with
    for (const Json& hit : site.fresh("rivers", config))
      CHECK(!hit["unconfirmed"].get<std::string>().empty());
  }
}

TEST_CASE("what the options of a fresh query lack is named", "[freshness]") {
  FreshSite site;
  Failure failure;
  CHECK(site.refused(R"({"max_age":"1h"})", failure) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "config");
  CHECK(site.refused(R"({"deadline":"1s"})", failure) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "max_age");
  CHECK(site.refused(R"({"max_age":"soon","config":{}})", failure) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "max_age");
  CHECK(site.refused(R"({"max_age":"1h","deadline":"2h","config":{}})", failure) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "deadline");
  CHECK(site.refused(R"({"max_age":"1h","config":{"sources":[{"loader":"nowhere"}]}})", failure) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "sources[0].loader");
}

TEST_CASE("two queries at once ask for a page once, and both are answered with it", "[freshness]") {
  FreshSite site;
  site.write(1, "Rivers have run dry.");
  Json answers[2];
  std::thread threads[2];
  for (int i = 0; i < 2; ++i)
    threads[i] = std::thread([&, i] {
      const std::string options =
          Json{{"mode", "text"}, {"max_age", "1ms"}, {"config", Json::parse(site.config(weekly))}}
              .dump();
      freshet_hits* hits = nullptr;
      char* json = nullptr;
      if (freshet_query_run(site.store.repository, "rivers dry", options.c_str(), nullptr, &hits,
                            nullptr) == FRESHET_OK &&
          freshet_hits_to_json(hits, &json, nullptr) == FRESHET_OK)
        answers[i] = Json::parse(take(json))["hits"];
      freshet_hits_free(hits);
    });
  for (std::thread& thread : threads) thread.join();
  for (const Json& hits : answers) {
    INFO(hits.dump());
    REQUIRE(hits.is_array());
    REQUIRE(hits.size() == 3);
    CHECK(hits[0]["text"].get<std::string>().find("run dry") != std::string::npos);
  }
  site.check();
}

}  // namespace freshet::capi_test
