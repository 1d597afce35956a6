// Content that was refused for good is not tried again; sources that were gathered lately are left alone.
#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

const std::string no_text("\xff\xfe\x00\x01 no text", 13);

Json refused_root(const Json& report, const std::string& uri) {
  for (const Json& root : report["roots"])
    if (root["uri"] == uri) return root;
  return {};
}

}  // namespace

TEST_CASE("content that its reader refused is not read again until it changes", "[refusal]") {
  Site site;
  site.write(1, no_text);
  const std::string uri = "file://" + site.path(1);
  Json report = site.run();
  CHECK(report["failed"] == 1);
  CHECK(report["refused_before"] == 0);
  const std::string why = refused_root(report, uri)["error"]["message"];
  report = site.run();
  CHECK(report["failed"] == 1);
  CHECK(report["refused_before"] == 1);
  CHECK(refused_root(report, uri)["reason"] == "refused before, and not tried again");
  CHECK(refused_root(report, uri)["error"]["message"] == why);
  SECTION("a forced run tries") {
    report = site.run({{"force", true}});
    CHECK(report["failed"] == 1);
    CHECK(report["refused_before"] == 0);
  }
  SECTION("other content is tried") {
    site.write(1, "A text.");
    report = site.run();
    CHECK(report["refreshed"] == 1);
    CHECK(report["failed"] == 0);
  }
  SECTION("another reader is tried") {
    report = site.run({{"reader", {{"html", {{"main_only", false}}}}}});
    CHECK(report["failed"] == 1);
    CHECK(report["refused_before"] == 0);
  }
  site.check();
}

TEST_CASE("content that was refused, and what it took the place of, both keep their say",
          "[refusal]") {
  Site site;
  site.run();
  site.write(1, no_text);
  CHECK(site.run()["failed"] == 1);
  CHECK(site.run()["refused_before"] == 1);
  CHECK(site.store.exists("file://" + site.path(1)));  // law 1
  site.write(1, "Page number 1 is about rivers.");     // as it was
  Json report = site.run();
  CHECK(report["failed"] == 0);
  CHECK(report["unchanged"] == 3);
  site.write(1, no_text);
  CHECK(site.run()["failed"] == 1);
  site.check();
}

TEST_CASE("what an embedder refused is tried again with another model", "[refusal]") {
  Site site(2, with_fixtures);
  site.write(1, "A page with poison in it.");
  const Json refusing{{"embedder", "rejects"}};
  const std::string uri = "file://" + site.path(1);
  Json report = site.run(refusing);
  CHECK(report["failed"] == 1);
  CHECK(refused_root(report, uri)["error"]["code"] == "limit");
  report = site.run(refusing);
  CHECK(report["refused_before"] == 1);
  CHECK(refused_root(report, uri)["error"]["code"] == "limit");
  report = site.run({{"embedder", "hash"}, {"rebuild", true}});
  CHECK(report["failed"] == 0);
  CHECK(site.store.exists(uri));
}

TEST_CASE("a source that was gathered within its cache is left alone", "[cache]") {
  Site site;
  Json cached = site.source();
  cached["cache"] = "24h";
  const Json with{{"sources", {cached}}};
  CHECK(site.run(with)["refreshed"] == 3);
  site.write(1, "Another text.");
  site.write(7, "A new page.");
  Json report = site.run(with);
  CHECK(report["sources"][0]["cached"] == true);
  CHECK(report["sources"][0]["listed"] == false);
  CHECK(report["skipped"] == 3);
  CHECK(report["refreshed"] == 0);
  SECTION("but for a page that was triggered") {
    const std::string uri = "file://" + site.path(1);
    REQUIRE_OK(freshet_trigger_root(site.store.repository, uri.c_str(), nullptr, out_error));
    CHECK(site.run(with)["refreshed"] == 1);
  }
  SECTION("but in a forced run") {
    Json forced = with;
    forced["force"] = true;
    report = site.run(forced);
    CHECK(!report["sources"][0].contains("cached"));
    CHECK(report["refreshed"] == 4);
  }
  SECTION("but with other inputs") {
    Json other = with;
    SECTION("options") { other["sources"][0]["options"]["include"] = {"**/*.md"}; }
    SECTION("salt") { other["sources"][0]["cache"] = {{"for", "24h"}, {"salt", "2"}}; }
    SECTION("chunker") { other["chunker"] = {{"max_chunk_size", 900}}; }
    report = site.run(other);
    CHECK(!report["sources"][0].contains("cached"));
    CHECK(report["listed"] == 4);
  }
  SECTION("but for one root that is asked for by its name") {
    Json one = with;
    one["only"] = {{"roots", {"file://" + site.path(1)}}};
    CHECK(site.run(one)["refreshed"] == 1);
  }
  site.check();
}

TEST_CASE("a cache that is wrong is named by its path", "[cache]") {
  Site site;
  for (const auto& [cache, subject] : {std::pair<Json, std::string>{"soon", "sources[0].cache"},
                                       {5, "sources[0].cache"},
                                       {{{"salt", "x"}}, "sources[0].cache.for"},
                                       {{{"for", "1h"}, {"sal", "x"}}, "sources[0].cache.sal"}}) {
    Json source = site.source();
    source["cache"] = cache;
    freshet_refresh* refresh = nullptr;
    Failure failure;
    CHECK(freshet_refresh_run(site.store.repository, site.config({{"sources", {source}}}).c_str(),
                              nullptr, nullptr, &refresh,
                              failure.out()) == FRESHET_E_INVALID_ARGUMENT);
    CHECK(failure.subject() == subject);
  }
}

}  // namespace freshet::capi_test
