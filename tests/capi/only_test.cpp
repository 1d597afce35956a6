// Runs that are restricted to some sources, roots, or a prefix: they look at nothing else, remove
// nothing else, and leave every root with the source that has it.
#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

// Two folders, each a source of its own.
struct TwoSites {
  TwoSites() {
    site.store.folder.write("other/one.md", "# One\n\nOn lakes.\n");
    site.store.folder.write("other/two.md", "# Two\n\nOn seas.\n");
  }
  Json sources() const {
    Json pages = site.source();
    pages["name"] = "pages";
    return {pages,
            {{"name", "other"},
             {"loader", "files"},
             {"options", {{"path", site.store.folder.path("other")}}}}};
  }
  Json run(Json only = nullptr, Json more = Json::object()) {
    more["sources"] = sources();
    if (!only.is_null()) more["only"] = std::move(only);
    return site.run(more);
  }
  std::string page(int number) const { return "file://" + site.path(number); }
  void change_all() {
    for (int i = 0; i < 3; ++i) site.write(i, "Changed.");
    site.store.folder.write("other/one.md", "# One\n\nChanged.\n");
  }
  Site site{3};
};

std::vector<std::string> uris_of(const Json& report) {
  std::vector<std::string> uris;
  for (const Json& root : report["roots"]) uris.push_back(root["uri"]);
  return uris;
}

freshet_status refuse(Site& site, const Json& more, Failure& failure) {
  freshet_refresh* refresh = nullptr;
  const freshet_status status = freshet_refresh_run(
      site.store.repository, site.config(more).c_str(), nullptr, nullptr, &refresh, failure.out());
  CHECK(refresh == nullptr);
  return status;
}

}  // namespace

TEST_CASE("a run for one source lists that one alone") {
  TwoSites two;
  Json report = two.run({{"sources", {"other"}}});
  CHECK(report["listed"] == 2);
  CHECK(report["sources"].size() == 1);
  CHECK(two.site.store.info().documents == 2);
  two.run();
  two.change_all();
  std::filesystem::remove(two.site.path(0));
  report = two.run({{"sources", {"other"}}});
  CHECK(report["refreshed"] == 1);
  CHECK(report["removed"] == 0);
  CHECK(two.site.store.exists(two.page(0)));
}

TEST_CASE("a run for one root fetches that one alone, from its own source, and lists nothing") {
  TwoSites two;
  two.run();
  two.change_all();
  const Json report = two.run({{"roots", {two.page(1)}}});
  CHECK(uris_of(report) == std::vector{two.page(1)});
  CHECK(report["refreshed"] == 1);
  CHECK(report["listed"] == 1);
  for (const Json& source : report["sources"]) CHECK(source["listed"] == false);
  CHECK(two.run()["refreshed"] == 3);
  two.site.check();
}

TEST_CASE("a root that was refreshed alone still disappears with its source's listing") {
  TwoSites two;
  two.run();
  two.site.write(1, "Changed.");
  two.run({{"roots", {two.page(1)}}});
  std::filesystem::remove(two.site.path(1));
  CHECK(two.run()["removed"] == 1);
  CHECK_FALSE(two.site.store.exists(two.page(1)));
  two.site.check();
}

TEST_CASE("a root that is not known yet is found in the listings, and belongs to its source") {
  TwoSites two;
  two.run();
  two.site.write(7, "New.");
  two.site.write(8, "New, too.");
  Json report = two.run({{"roots", {two.page(7)}}});
  CHECK(uris_of(report) == std::vector{two.page(7)});
  CHECK(two.site.store.info().documents == 6);
  report = two.run();
  CHECK(report["refreshed"] == 1);
  std::filesystem::remove(two.site.path(7));
  CHECK(two.run()["removed"] == 1);
  two.site.check();
}

TEST_CASE("a first run may be for a part, and the next one reads the rest") {
  TwoSites two;
  Json report = two.run({{"prefix", "file://" + two.site.store.folder.path("other/o")}});
  CHECK(report["refreshed"] == 1);
  CHECK(two.site.store.info().documents == 1);
  report = two.run();
  CHECK(report["refreshed"] == 4);
  CHECK(report["removed"] == 0);
  std::filesystem::remove(two.site.store.folder.path("other/one.md"));
  CHECK(two.run(nullptr, {{"accept_shrink", true}})["removed"] == 1);
  two.site.check();
}

TEST_CASE("a run for a prefix removes nothing, whatever the listing lacks") {
  TwoSites two;
  two.run();
  two.change_all();
  std::filesystem::remove(two.site.path(0));
  const Json report = two.run({{"prefix", "file://" + two.site.store.folder.path("site/")}});
  CHECK(report["refreshed"] == 2);
  CHECK(report["removed"] == 0);
  CHECK(report["held"] == 0);
  CHECK(two.run()["removed"] == 1);
}

TEST_CASE("a listing that stands goes on to stand after a run for one root") {
  TwoSites two;
  const Json hour = {{"policy", {{"ttl", "1h"}}}};
  two.run(nullptr, hour);
  two.run({{"roots", {two.page(1)}}}, {{"policy", {{"ttl", "1h"}}}, {"force", true}});
  const Json report = two.run(nullptr, hour);
  for (const Json& source : report["sources"]) CHECK(source["listed"] == false);
}

TEST_CASE("a run for a part does not take the place of a listing that is due") {
  TwoSites two;
  const Json hour = {{"policy", {{"ttl", "1h"}}}};
  two.run(nullptr, hour);
  Json source = two.sources()[0];
  source["options"]["exclude"] = {"page2.md"};
  const auto run = [&](Json more) {
    more["policy"] = {{"ttl", "1h"}};
    more["sources"] = {source};
    return two.site.run(more);
  };
  run({{"only", {{"roots", {two.page(1)}}}}});
  const Json report = run(Json::object());
  CHECK(report["sources"][0]["listed"] == true);
  CHECK(report["removed"] == 1);
}

TEST_CASE("a run for a part takes no listing that failed before it for its own") {
  TwoSites two;
  two.run();
  const std::string site = two.site.store.folder.path("site"), away = site + ".away";
  std::filesystem::rename(site, away);
  two.run();
  std::filesystem::rename(away, site);
  const Json report = two.run({{"prefix", two.page(1)}});
  CHECK(report["removed"] == 0);
  CHECK(report["held"] == 0);
  CHECK(two.site.store.info().documents == 5);
}

TEST_CASE("a plan for a part plans that part") {
  TwoSites two;
  const Json report = two.run({{"roots", {two.page(1)}}}, {{"dry_run", true}});
  CHECK(report["plan"]["fetch"] == 1);
  CHECK(two.site.store.info().roots == 0);
}

TEST_CASE("names that match nothing are one error, with the nearest name") {
  TwoSites two;
  two.run();
  Failure failure;
  CHECK(refuse(two.site, {{"sources", two.sources()}, {"only", {{"sources", {"othre"}}}}},
               failure) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "only.sources[0]");
  CHECK(failure.message() == "\"othre\" is the name of no source; did you mean \"other\"?");
  const std::string wrong = two.page(1) + "x";
  CHECK(refuse(two.site, {{"sources", two.sources()}, {"only", {{"roots", {wrong}}}}}, failure) ==
        FRESHET_E_NOT_FOUND);
  CHECK(failure.subject() == wrong);
  CHECK(failure.message() == "is no root of these sources; did you mean \"" + two.page(1) + "\"?");
  CHECK(refuse(two.site, {{"sources", two.sources()}, {"only", {{"prefix", "file:///no/"}}}},
               failure) == FRESHET_E_NOT_FOUND);
  CHECK(failure.subject() == "only.prefix");
  CHECK(refuse(two.site, {{"only", Json::object()}}, failure) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "only");
}

TEST_CASE("one name of several that matches nothing fails the run in part") {
  TwoSites two;
  two.run();
  two.site.write(1, "Changed.");
  const Json report = two.run({{"roots", {two.page(1), "file:///no/such"}}});
  CHECK(report["refreshed"] == 1);
  CHECK(report["exit_code"] == 1);
  CHECK(report["errors"][0]["subject"] == "file:///no/such");
}

TEST_CASE("a source that visits makes no second source of a page that another has") {
  TwoSites two;
  two.run();
  two.change_all();
  Json visit = two.site.source();
  visit["options"]["include"] = {"page1.md"};
  visit["name"] = "visitor";
  visit["visit"] = true;
  const Json report = two.site.run({{"sources", {visit}}});
  CHECK(report["refreshed"] == 1);
  char* json = nullptr;
  REQUIRE_OK(freshet_repository_status(two.site.store.repository, &json, out_error));
  const Json status = Json::parse(take(json));
  for (const Json& source : status["sources"]) CHECK(source["name"] != "visitor");
  std::filesystem::remove(two.site.path(1));
  CHECK(two.run()["removed"] == 1);
  two.site.check();
}

TEST_CASE("a source that visits has what nobody else has") {
  TwoSites two;
  Json visit = two.site.source();
  visit["visit"] = true;
  CHECK(two.site.run({{"sources", {visit}}})["refreshed"] == 3);
  two.site.write(1, "Changed.");
  CHECK(two.site.run({{"sources", {visit}}})["refreshed"] == 1);
  two.site.check();
}

}  // namespace freshet::capi_test
