// What a run promises, seen from outside: due or not, changed or not, failed, shared, rebuilt.
#include <chrono>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

// A repository that also finds the plugins of tests/conformance/fixtures.
const Json hour = {{"ttl", "1h"}};

Json root_of(const Json& report, const std::string& name) {
  for (const Json& root : report["roots"])
    if (root["uri"].get<std::string>().ends_with(name)) return root;
  return nullptr;
}

// Of the root that the report names so.
std::string media_type_of(const Site& site, const Json& report, const std::string& name) {
  const std::string uri = root_of(report, name)["uri"];
  freshet_root* root = nullptr;
  REQUIRE_OK(freshet_repository_find_root(site.store.repository, uri.c_str(), &root, out_error));
  freshet_root_info info = FRESHET_ROOT_INFO_INIT;
  REQUIRE_OK(freshet_root_get(root, &info, out_error));
  const std::string media_type = info.media_type;
  freshet_root_free(root);
  return media_type;
}

}  // namespace

TEST_CASE("law 1: a content whose size a loader forgot is a failure, and deletes nothing") {
  Site site(0, with_fixtures);
  const Json sources = Json::array({{{"loader", "forgets_sizes"}}});
  CHECK(site.run({{"sources", sources}})["refreshed"] == 3);
  const Json report = site.run({{"sources", sources}});
  CHECK(report["failed"] == 3);
  CHECK(report["removed"] == 0);
  const std::string told = root_of(report, "/a")["error"]["message"];
  INFO(told);
  CHECK(told.find("content.struct_size is 0, at least ") != std::string::npos);
  CHECK(site.answers("fixture").size() == 3);
  site.check();
}

TEST_CASE("while a listing stands nothing is listed, and another configuration lists anew") {
  Site site;
  CHECK(site.run({{"policy", hour}})["sources"][0]["listed"] == true);
  site.write(7, "A new page about canals.");
  Json report = site.run({{"policy", hour}});
  CHECK(report["sources"][0]["listed"] == false);
  CHECK(report["listed"] == 3);
  CHECK(report["skipped"] == 3);
  CHECK(site.answers("canals").empty());
  report = site.run({{"policy", {{"ttl", "2h"}}}});
  CHECK(report["sources"][0]["listed"] == true);
  CHECK(report["listed"] == 4);
  CHECK(report["refreshed"] == 1);
  CHECK(report["skipped"] == 3);
  CHECK(site.answers("canals").size() == 1);
}

TEST_CASE("a root that failed is asked again before its policy's time, and only when it is due") {
  Site site(3, with_fixtures);
  site.run({{"policy", hour}, {"embedder", "poisoned"}});
  site.write(1, "A page with poison in it.");
  site.write(2, "A page about waterfalls.");
  const Json report = site.run({{"embedder", "poisoned"}});
  CHECK(report["failed"] == 1);
  CHECK(report["refreshed"] == 1);
  CHECK(root_of(report, "page1.md")["error"]["code"] == "invalid_argument");
  const Json later = site.run({{"policy", hour}, {"embedder", "poisoned"}});
  CHECK(later["listed"] == 3);
  CHECK(later["failed"] == 0);  // its back-off is not over
}

TEST_CASE("law 1: what cannot be embedded fails alone, and its old content still answers") {
  // The one fails the whole request, the other rejects the text.
  const std::string embedder = GENERATE("poisoned", "rejects");
  Site site(3, with_fixtures);
  site.run({{"embedder", embedder}});
  site.write(1, "Nothing but poison here.");
  site.write(2, "A page about waterfalls.");
  Json report = site.run({{"embedder", embedder}});
  CHECK(report["failed"] == 1);
  CHECK(report["refreshed"] == 1);
  CHECK(root_of(report, "page1.md")["error"]["code"] ==
        (embedder == "rejects" ? "limit" : "invalid_argument"));
  CHECK(site.answers("poison").empty());
  CHECK(site.answers("number 1 rivers").front().find("Page number 1 ") != std::string::npos);
  CHECK(site.answers("waterfalls").size() == 1);
  site.check();
  site.write(1, "Cured.");
  report = site.run({{"embedder", embedder}});
  CHECK(report["refreshed"] == 1);
  CHECK(report["failed"] == 0);
  CHECK(site.answers("cured").size() == 1);
  site.check();
}

TEST_CASE("a store that is never told of a failed embedding stays in step") {
  Site site(3, with_fixtures);
  const Json report = site.run({{"embedder", "throws"}});
  CHECK(report["failed"] == 3);
  CHECK(report["delivered"]["upserts"] == 0);
  CHECK(site.store.info().documents == 0);
}

TEST_CASE("force reads everything again, and writes nothing that is equal") {
  Site site;
  site.run();
  site.write(1, "Changed.");
  const Json report = site.run({{"force", true}, {"policy", hour}});
  CHECK(report["refreshed"].get<int>() + report["unchanged"].get<int>() == 3);
  CHECK(report["skipped"] == 0);
  CHECK(root_of(report, "page1.md")["reason"] == "forced");
  CHECK(report["chunks"]["added"] == 1);
  CHECK(report["chunks"]["removed"] == 1);
  CHECK(report["delivered"]["upserts"] == 1);
  CHECK(report["embedded"]["texts"] == 1);
}

TEST_CASE("another chunker makes the chunks anew, without a change of any page") {
  Site site;
  site.write(0, "One. " + std::string(400, 'x') + "\n\n" + std::string(400, 'y'));
  const int chunks = site.run()["chunks"]["added"];
  const Json report = site.run({{"chunker", {{"max_chunk_size", 500}, {"overlap_size", 0}}}});
  CHECK(report["refreshed"] == 3);
  CHECK(root_of(report, "page0.md")["reason"] == "reader or chunker changed");
  CHECK(chunks + report["chunks"]["added"].get<int>() - report["chunks"]["removed"].get<int>() ==
        static_cast<int>(site.store.info().chunks));
  CHECK(site.store.info().chunks > static_cast<std::uint64_t>(chunks));
  site.check();
}

TEST_CASE("another embedder is refused until the operator rebuilds, and then all is sent anew") {
  Site site(3, with_fixtures);
  site.run();
  freshet_refresh* refresh = nullptr;
  Failure failure;
  CHECK(freshet_refresh_run(site.store.repository, site.config({{"embedder", "good"}}).c_str(),
                            nullptr, nullptr, &refresh, failure.out()) == FRESHET_E_HELD);
  CHECK(site.answers("rivers").size() == 3);
  const Json report = site.run({{"embedder", "good"}, {"rebuild", true}});
  CHECK(report["refreshed"] == 0);
  CHECK(report["embedded"]["texts"] == 3);
  CHECK(report["delivered"]["upserts"] == 3);
  CHECK(report["delivered"]["pending"] == 0);
  CHECK(site.answers("rivers").size() == 3);
  site.check();
  CHECK(site.run({{"embedder", "good"}})["delivered"]["upserts"] == 0);
}

TEST_CASE("another place for the store is held, another option of it is not") {
  Site site;
  site.run();
  const auto with = [&](const Json& options) {
    return site.config({{"store", {{"name", "sqlite"}, {"options", options}}}});
  };
  Failure failure;
  CHECK(freshet_refresh_run(site.store.repository,
                            with({{"path", site.store.folder.path("other.sqlite")}}).c_str(),
                            nullptr, nullptr, nullptr, failure.out()) == FRESHET_E_HELD);
  CHECK(failure.message().find("in another place") != std::string::npos);
  REQUIRE_OK(freshet_refresh_run(site.store.repository,
                                 with({{"busy_timeout", "5s"}, {"cache", "4MiB"}}).c_str(), nullptr,
                                 nullptr, nullptr, out_error));
  CHECK(site.answers("rivers").size() == 3);
  site.check();
}

TEST_CASE("a repository that was moved goes on with the store that moved with it") {
  Site site;
  site.run();
  freshet_repository_close(site.store.repository);
  const std::string moved = site.store.folder.path("moved");
  std::filesystem::rename(site.store.folder.path("repository"), moved);
  REQUIRE_OK(freshet_repository_open(moved.c_str(), nullptr, &site.store.repository, out_error));
  CHECK(site.answers("rivers").size() == 3);
  CHECK(site.run()["delivered"]["upserts"] == 0);
  site.check();
  CHECK_FALSE(std::filesystem::exists(site.store.folder.path("repository")));
}

TEST_CASE("a relative path of the store means the same from any working directory") {
  Site site;
  const auto before = std::filesystem::current_path();
  std::filesystem::create_directories(site.store.folder.path("here"));
  std::filesystem::current_path(site.store.folder.path("here"));
  const Json store = {{"name", "sqlite"}, {"options", {{"path", "mine.sqlite"}}}};
  site.run({{"store", store}});
  std::filesystem::current_path(before);
  CHECK(site.answers("rivers").size() == 3);
  site.check();
  CHECK(std::filesystem::exists(site.store.folder.path("here/mine.sqlite")));
  CHECK_FALSE(std::filesystem::exists("mine.sqlite"));
}

TEST_CASE("a store that was lost is missed row by row, and filled again") {
  Site site;
  site.run();
  for (const char* end : {"", "-wal", "-shm"})
    std::filesystem::remove(site.store.folder.path("repository/store.sqlite") + end);
  char* json = nullptr;
  REQUIRE_OK(freshet_store_verify(site.store.repository, nullptr, nullptr, &json, out_error));
  CHECK(Json::parse(take(json))["missing"] == 3);
  REQUIRE_OK(freshet_store_repair(site.store.repository, nullptr, &json, out_error));
  freshet_string_free(json);
  site.check();
  CHECK(site.answers("rivers").size() == 3);
}

TEST_CASE("a root of two sources goes when neither has it any more") {
  Site site(10);
  Json all = site.source();
  Json one = site.source();
  all["name"] = "all";
  one["name"] = "one";
  one["options"]["include"] = {"page1.md"};
  const Json both = {{"sources", {all, one}}};
  Json report = site.run(both);
  CHECK(report["refreshed"] == 10);
  CHECK(report["listed"] == 11);
  all["options"]["exclude"] = {"page1.md"};
  report = site.run({{"sources", {all, one}}});
  CHECK(report["removed"] == 0);
  CHECK(site.store.exists("file://" + site.path(1)));
  std::filesystem::remove(site.path(1));
  report = site.run({{"sources", {all, one}}, {"accept_shrink", true}});
  CHECK(report["removed"] == 1);
  CHECK_FALSE(site.store.exists("file://" + site.path(1)));
  site.check();
}

TEST_CASE("a source that is left out of a run keeps its roots") {
  Site site;
  site.run();
  const Json report = site.run({{"sources", Json::array()}});
  CHECK(report["removed"] == 0);
  CHECK(site.store.info().documents == 3);
}

TEST_CASE("removals beyond a fifth are held, listed with their reason, and applied when accepted") {
  Site site(10);
  site.run();
  for (int i = 0; i < 3; ++i) std::filesystem::remove(site.path(i));
  Json report = site.run();
  CHECK(report["removed"] == 0);
  CHECK(report["held"] == 3);
  CHECK(site.store.info().documents == 10);
  report = site.run({{"accept_shrink", true}});
  CHECK(report["removed"] == 3);
  CHECK(report["held"] == 0);
  CHECK(site.store.info().documents == 7);
  site.check();
}

TEST_CASE("an emptied folder is held as a whole, and goes when that is accepted") {
  Site site;
  site.run();
  for (int i = 0; i < 3; ++i) std::filesystem::remove(site.path(i));
  Json report = site.run();
  CHECK(report["removed"] == 0);
  CHECK(report["held"] == 3);
  CHECK(report["sources"][0]["note"] ==
        "the listing is empty; all 3 roots are held until accepted");
  CHECK(site.answers("rivers").size() == 3);
  report = site.run({{"accept_shrink", true}});
  CHECK(report["removed"] == 3);
  CHECK(site.store.info().documents == 0);
  CHECK(site.answers("rivers").empty());
  site.check();
}

TEST_CASE("one root may go, but not by an empty listing") {
  Site site(1);
  site.run();
  std::filesystem::remove(site.path(0));
  const Json report = site.run();
  CHECK(report["removed"] == 0);
  CHECK(report["held"] == 1);
  CHECK(site.answers("rivers").size() == 1);
}

TEST_CASE("law 4: the same bytes are not read, and the same content is not chunked") {
  Site site;
  const std::string page = "<html><head><title>T</title></head><body><p>On lakes.</p>";
  const auto write = [&](const std::string& end) {
    site.store.folder.write("site/lake.html", page + end + "</body></html>");
  };
  write("");
  site.run();
  const std::string file = site.store.folder.path("site/lake.html");
  std::filesystem::last_write_time(
      file, std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  Json report = site.run();
  CHECK(root_of(report, "lake.html")["outcome"] == "unchanged");
  CHECK(root_of(report, "lake.html")["reason"] == "same bytes");
  CHECK(report["refreshed"] == 0);
  write("<!-- built at noon -->");
  report = site.run();
  CHECK(root_of(report, "lake.html")["outcome"] == "unchanged");
  CHECK(root_of(report, "lake.html")["reason"] == "same content");
  CHECK(report["chunks"]["added"] == 0);
  CHECK(report["delivered"]["upserts"] == 0);
  CHECK(site.run()["unchanged"] == 4);
}

TEST_CASE("a reader of a plugin reads files by their extension, as far as they are what they say") {
  Site site(1, with_fixtures);
  site.store.folder.write("site/names.LATIN", "the harbour of Ferrol");
  site.store.folder.write("site/page.latin",
                          "<!DOCTYPE html><html><body><p>Not Latin.</p></body></html>");
  Json source = site.source();
  source["options"]["included_extensions"] = {"latin", "md"};
  const Json report = site.run({{"sources", {source}}, {"readers", {"latin"}}});
  CHECK(report["refreshed"] == 3);
  CHECK(media_type_of(site, report, "names.LATIN") == "text/x-latin");
  CHECK(media_type_of(site, report, "page.latin") == "text/html");
  CHECK(media_type_of(site, report, "page0.md") == "text/markdown");
}

TEST_CASE("readers of plugins come first for their media types, and the core reads the rest") {
  Site site(1, with_fixtures);
  site.store.folder.write("site/notes.txt", "plain notes about ferries");
  Json report = site.run();
  CHECK(report["refreshed"] == 2);
  CHECK(site.answers("before the first heading").empty());
  report = site.run({{"readers", {"good"}}});  // of text/plain; see the fixture
  CHECK(report["refreshed"] == 1);
  CHECK(root_of(report, "page0.md")["outcome"] == "unchanged");
  CHECK(site.answers("ferries").size() == 1);
  CHECK_FALSE(site.answers("before the first heading").empty());
  report = site.run({{"readers", {"throws"}}});
  CHECK(report["failed"] == 1);
  CHECK(root_of(report, "notes.txt")["error"]["code"] == "plugin");
  CHECK(site.answers("ferries").size() == 1);  // law 1
  Failure failure;
  CHECK(freshet_refresh_run(site.store.repository, site.config({{"readers", {"god"}}}).c_str(),
                            nullptr, nullptr, nullptr,
                            failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "readers[0].name");
  CHECK(failure.message().find("\"god\": no plugin provides this reader") == 0);
  CHECK(freshet_refresh_run(site.store.repository, site.config({{"readers", "good"}}).c_str(),
                            nullptr, nullptr, nullptr,
                            failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "readers");
}

}  // namespace freshet::capi_test
