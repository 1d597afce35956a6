// freshet_namespaces_list and _drop, over the embedded store.
#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

Json list(const freshet_repository* repository) {
  char* json = nullptr;
  REQUIRE_OK(freshet_namespaces_list(repository, &json, out_error));
  return Json::parse(take(json))["namespaces"];
}

freshet_repository* open(const Store& store, const char* options) {
  freshet_repository* repository = nullptr;
  REQUIRE_OK(freshet_repository_open(store.folder.path("repository").c_str(), options, &repository,
                                     out_error));
  return repository;
}

freshet_status drop(freshet_repository* repository, const char* name, Failure& failure,
                    const char* options = nullptr) {
  return freshet_namespaces_drop(repository, name, options, nullptr, failure.out());
}

// The namespace "docs" beside the site's own, filled by a run.
struct Beside {
  Beside() : docs(open(site.store, R"({"namespace":"docs"})")) {
    site.run();
    freshet_refresh* refresh = nullptr;
    REQUIRE_OK(
        freshet_refresh_run(docs, site.config().c_str(), nullptr, nullptr, &refresh, out_error));
    freshet_refresh_free(refresh);
  }
  ~Beside() { freshet_repository_close(docs); }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  Site site{3};
  freshet_repository* docs;
};

}  // namespace

TEST_CASE("all namespaces of a directory are listed, with what is in them") {
  Beside two;
  const Json all = list(two.docs);
  REQUIRE(all.size() == 2);
  CHECK(all[0] == Json{{"name", "default"},
                       {"roots", 3},
                       {"documents", 3},
                       {"chunks", 3},
                       {"pending", 0},
                       {"dropping", false}});
  CHECK(all[1]["name"] == "docs");
}

TEST_CASE("a dropped namespace is gone, its rows too, and another is as it was") {
  Beside two;
  Failure failure;
  CHECK(drop(two.site.store.repository, "docs", failure) == FRESHET_OK);
  CHECK(list(two.site.store.repository).size() == 1);
  two.site.check();
  CHECK(two.site.answers("rivers").size() == 3);
  // Its handle is of no use any more, also when there is a new one of the name.
  freshet_hits* hits = nullptr;
  CHECK(freshet_query_run(two.docs, "rivers", nullptr, nullptr, &hits, failure.out()) ==
        FRESHET_E_NOT_FOUND);
  CHECK(failure.subject() == "namespace docs");
  freshet_repository* fresh = open(two.site.store, R"({"namespace":"docs"})");
  REQUIRE_OK(freshet_query_run(fresh, "rivers", nullptr, nullptr, &hits, out_error));
  CHECK(freshet_hits_count(hits) == 0);
  freshet_hits_free(hits);
  CHECK(freshet_query_run(two.docs, "rivers", nullptr, nullptr, &hits, failure.out()) ==
        FRESHET_E_NOT_FOUND);
  CHECK(failure.message() == "was dropped");
  // What is delivered to it now is found alone, not what was.
  freshet_refresh* refresh = nullptr;
  two.site.write(0, "A lake.");
  REQUIRE_OK(
      freshet_refresh_run(fresh, two.site.config().c_str(), nullptr, nullptr, &refresh, out_error));
  freshet_refresh_free(refresh);
  REQUIRE_OK(freshet_query_run(fresh, "rivers", R"({"mode":"text"})", nullptr, &hits, out_error));
  CHECK(freshet_hits_count(hits) == 2);
  freshet_hits_free(hits);
  freshet_repository_close(fresh);
}

TEST_CASE("a repository without a namespace lists and drops, and holds nothing") {
  Beside two;
  freshet_repository* none = open(two.site.store, R"({"namespace":""})");
  CHECK(list(none).size() == 2);
  freshet_repository_info info = FRESHET_REPOSITORY_INFO_INIT;
  REQUIRE_OK(freshet_repository_info_get(none, &info, out_error));
  CHECK(info.roots == 0);
  Failure failure;
  freshet_refresh* refresh = nullptr;
  CHECK(freshet_refresh_run(none, two.site.config().c_str(), nullptr, nullptr, &refresh,
                            failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.message() == "was opened without a namespace");
  CHECK(drop(none, "docs", failure) == FRESHET_OK);
  CHECK(drop(none, "default", failure) == FRESHET_OK);
  CHECK(list(none).empty());
  freshet_repository_close(none);
}

TEST_CASE("a namespace may be dropped through a handle of its own") {
  Beside two;
  Failure failure;
  CHECK(drop(two.docs, "docs", failure) == FRESHET_OK);
  char* json = nullptr;
  CHECK(freshet_repository_status(two.docs, &json, failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(list(two.site.store.repository).size() == 1);
}

TEST_CASE("rows are left where they are on request") {
  Beside two;
  Failure failure;
  CHECK(drop(two.site.store.repository, "docs", failure, R"({"keep_rows":true})") == FRESHET_OK);
  CHECK(list(two.site.store.repository).size() == 1);
  two.site.check();
}

TEST_CASE("a drop is called rightly or does nothing") {
  Beside two;
  Failure failure;
  freshet_repository* const repository = two.site.store.repository;
  CHECK(drop(repository, "dosc", failure) == FRESHET_E_NOT_FOUND);
  CHECK(failure.message() == "no such namespace; there is default, docs");
  CHECK(drop(repository, nullptr, failure) == FRESHET_E_MISUSE);
  CHECK(drop(repository, "", failure) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "name");
  CHECK(drop(repository, "docs", failure, R"({"keep":1})") == FRESHET_E_INVALID_ARGUMENT);
  freshet_repository* reader = open(two.site.store, R"({"read_only":true})");
  CHECK(drop(reader, "docs", failure) == FRESHET_E_MISUSE);
  freshet_repository_close(reader);
  freshet_call_options call = FRESHET_CALL_OPTIONS_INIT;
  call.timeout_ms = 0;
  CHECK(freshet_namespaces_drop(repository, "docs", nullptr, &call, nullptr) == FRESHET_E_TIMEOUT);
  CHECK(list(repository).size() == 2);
}

TEST_CASE("a namespace that a run goes on in is not dropped, or the run ends and says so") {
  Beside two;
  for (int i = 3; i < 200; ++i) two.site.write(i, "More of number " + std::to_string(i) + ".");
  freshet_refresh* refresh = nullptr;
  REQUIRE_OK(freshet_refresh_start(two.docs, two.site.config().c_str(), nullptr, nullptr, &refresh,
                                   out_error));
  freshet_event event = FRESHET_EVENT_INIT;
  do REQUIRE_OK(freshet_refresh_next_event(refresh, -1, &event, out_error));
  while (event.kind != FRESHET_EVENT_ROOT_DONE && event.kind != FRESHET_EVENT_NONE);
  Failure failure;
  const freshet_status status = drop(two.site.store.repository, "docs", failure);
  const freshet_status ended = freshet_refresh_wait(refresh, -1, failure.out());
  if (status == FRESHET_OK)
    CHECK((ended == FRESHET_E_BUSY || ended == FRESHET_E_NOT_FOUND || ended == FRESHET_OK));
  else
    CHECK(status == FRESHET_E_BUSY);
  freshet_refresh_free(refresh);
  two.site.check();
}

}  // namespace freshet::capi_test
