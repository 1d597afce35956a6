// What a policy's answers do to the roots of a run.
#include <cstring>
#include <functional>
#include <mutex>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

// A policy made of functions.
struct Told {
  std::function<void(const freshet_known&, std::int64_t now, freshet_decision&)> decide =
      [](const freshet_known&, std::int64_t, freshet_decision& out) { out.refresh = 1; };
  std::function<bool(const freshet_known&, const freshet_document*)> accept =
      [](const freshet_known&, const freshet_document*) { return true; };

  Told() {
    freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
    functions.payload = this;
    functions.decide = [](void* self, const freshet_known* known, std::int64_t now,
                          freshet_decision* out) {
      static_cast<Told*>(self)->decide(*known, now, *out);
      return static_cast<Told*>(self)->status;
    };
    functions.accept = [](void* self, const freshet_known* known, const freshet_document* document,
                          std::int32_t* out) {
      *out = static_cast<Told*>(self)->accept(*known, document) ? 1 : 0;
      return static_cast<Told*>(self)->accept_status;
    };
    REQUIRE_OK(freshet_policy_custom(&functions, &policy, out_error));
  }
  ~Told() { freshet_policy_free(policy); }
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;

  freshet_status status = FRESHET_OK, accept_status = FRESHET_OK;
  freshet_policy* policy = nullptr;
};

freshet_root_info root_of(const Site& site, int number) {
  freshet_root* root = nullptr;
  freshet_root_info info = FRESHET_ROOT_INFO_INIT;
  REQUIRE_OK(freshet_repository_find_root(
      site.store.repository, ("file://" + site.path(number)).c_str(), &root, out_error));
  REQUIRE_OK(freshet_root_get(root, &info, out_error));
  freshet_root_free(root);
  return info;
}

// The one root of a report that failed.
Json failed_root(const Json& report) {
  CHECK(report["failed"] == 1);
  for (const Json& root : report["roots"])
    if (root["outcome"] == "failed") return root;
  FAIL("no root failed");
  return {};
}

}  // namespace

TEST_CASE("a policy's no to a page that is not known yet is a skip") {
  for (const std::int64_t wait : {std::int64_t{60'000}, std::int64_t{FRESHET_NEVER}}) {
    Site site;
    Told told;
    told.decide = [&](const freshet_known& known, std::int64_t now, freshet_decision& out) {
      out.refresh = known.uri != "file://" + site.path(1);
      out.ask_again_ms = wait == FRESHET_NEVER ? wait : now + wait;
    };
    const Json report = site.run(Json::object(), told.policy);
    CHECK(report["exit_code"] == 0);
    CHECK(report["refreshed"] == 2);
    CHECK(report["skipped"] == 1);
    CHECK(report["sources"][0].value("error", Json()).is_null());
    CHECK_FALSE(site.store.exists("file://" + site.path(1)));
    CHECK(site.run()["refreshed"] == 1);  // and the next run asks again
    site.check();
  }
}

TEST_CASE("a root that is deleted while its policy is asked holds nobody up") {
  Site site;
  site.run();
  Told told;
  told.decide = [&](const freshet_known& known, std::int64_t now, freshet_decision& out) {
    out.ask_again_ms = now + 60'000;
    if (known.uri != "file://" + site.path(1)) return;
    REQUIRE_OK(freshet_repository_delete_root_and_descendants(site.store.repository, known.uri,
                                                              nullptr, out_error));
  };
  const Json report = site.run(Json::object(), told.policy);
  CHECK(report["exit_code"] == 0);
  CHECK(report["skipped"] == 3);
  site.check();
}

TEST_CASE("what accept declined is offered again, and stored by a policy that accepts it") {
  Site site;
  site.run();
  site.write(0, "The river has another course by now, and another name.");
  Told told;
  int offered = 0;
  told.accept = [&](const freshet_known& known, const freshet_document*) {
    CHECK(known.uri == "file://" + site.path(0));
    ++offered;
    return false;
  };
  for (int i = 1; i <= 2; ++i) {
    const Json report = site.run(Json::object(), told.policy);
    CHECK(report["exit_code"] == 0);
    CHECK(report["unchanged"] == 2);
    CHECK(report["skipped"] == 1);
    CHECK(offered == i);
  }
  CHECK(site.answers("another course").empty());
  CHECK(site.run()["refreshed"] == 1);
  CHECK_FALSE(site.answers("another course").empty());
  site.check();
}

TEST_CASE("accept sees the whole root") {
  Site site;
  site.write(0, "Nothing yet.");
  const std::string uri = "file://" + site.path(0);
  site.store.folder.write("site/page0.md", "---\nlang: en\n---\n# Page 0\n\nFirst text.\n");
  site.run();
  REQUIRE_OK(freshet_repository_set_flags(site.store.repository, uri.c_str(),
                                          R"({"priority":"high"})", out_error));
  site.store.folder.write("site/page0.md", "---\nlang: en\n---\n# Page 0\n\nAnother text.\n");
  Told told;
  std::mutex mutex;  // both are called on threads of the run
  std::vector<Json> seen;
  const auto look = [&](const freshet_known& known, std::size_t most) {
    const std::lock_guard lock(mutex);
    if (known.uri != uri || seen.size() >= most) return;
    seen.push_back({Json::parse(known.metadata), Json::parse(known.flags), known.exists,
                    known.ingested_ms, known.checked_ms, known.changed_ms,
                    known.listed_modified_ms});
  };
  told.decide = [&](const freshet_known& known, std::int64_t, freshet_decision& out) {
    look(known, 1);
    out.refresh = 1;
  };
  told.accept = [&](const freshet_known& known, const freshet_document*) {
    look(known, 2);
    return true;
  };
  CHECK(site.run(Json::object(), told.policy)["refreshed"] == 1);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0] == seen[1]);
  CHECK(seen[1][0]["lang"] == "en");
  CHECK(seen[1][1]["priority"] == "high");
}

TEST_CASE("accept is asked for what is not known yet, and may keep it out") {
  Site site;
  Told told;
  std::vector<std::int64_t> checked;
  told.accept = [&](const freshet_known& known, const freshet_document* document) {
    if (std::string(freshet_document_uri(document)) != "file://" + site.path(1)) return true;
    CHECK(known.exists == 0);
    CHECK(known.ingested_ms == 0);
    checked.push_back(known.checked_ms);
    return false;
  };
  for (int i = 0; i < 2; ++i) {
    const Json report = site.run(Json::object(), told.policy);
    CHECK(report["exit_code"] == 0);
    CHECK(report["refreshed"] == (i == 0 ? 2 : 0));
    CHECK(report["skipped"] == 1);
  }
  REQUIRE(checked.size() == 2);
  CHECK(checked[0] == 0);
  CHECK(checked[1] > 0);  // it was read before, and declined
  CHECK(site.store.info().documents == 2);
  CHECK(site.run()["refreshed"] == 1);
  site.check();
}

TEST_CASE("a decide that fails is a no for its root, told, and asked again soon") {
  Site site;
  site.run();
  site.write(1, "Another text.");
  site.write(9, "A new page.");
  for (const int number : {1, 9}) {
    INFO(number);
    Told told;
    told.decide = [&](const freshet_known& known, std::int64_t, freshet_decision& out) {
      told.status = known.uri == "file://" + site.path(number) ? FRESHET_E_TIMEOUT : FRESHET_OK;
      std::strcpy(out.reason, told.status == FRESHET_OK ? "" : "the clock struck");
    };
    std::vector<std::int64_t> waits;
    for (int i = 0; i < 3; ++i) {
      const Json report = site.run(Json::object(), told.policy);
      const Json root = failed_root(report);
      CHECK(report["exit_code"] == 1);
      CHECK(root["reason"] == "policy_failed");
      CHECK(root["error"]["code"] == "policy_failed");
      CHECK(root["error"]["message"].get<std::string>().find(
                "the policy's decide failed: the clock struck") != std::string::npos);
      const freshet_root_info info = root_of(site, number);
      CHECK(info.error_code == FRESHET_E_POLICY_FAILED);
      waits.push_back(info.ask_again_ms - info.failed_ms);
    }
    CHECK(waits == std::vector<std::int64_t>{60'000, 120'000, 240'000});
    Told no;
    no.decide = [](const freshet_known&, std::int64_t, freshet_decision&) {};
    CHECK(site.run(Json::object(), no.policy)["skipped"] == 4);
    CHECK(root_of(site, number).failures == 0);  // the policy's failure is over
    CHECK(root_of(site, number).ask_again_ms == FRESHET_NEVER);
  }
  CHECK(site.run()["refreshed"] == 2);
  site.check();
}

TEST_CASE("an accept that fails is a no for its root, told, and offered again") {
  Site site;
  site.run();
  site.write(1, "Another text about the sea.");
  Told told;
  told.accept_status = -7;
  for (int i = 1; i <= 2; ++i) {
    const Json root = failed_root(site.run(Json::object(), told.policy));
    CHECK(root["error"]["code"] == "policy_failed");
    CHECK(root_of(site, 1).failures == static_cast<std::uint32_t>(i));
    CHECK(root_of(site, 1).ask_again_ms > root_of(site, 1).failed_ms);
  }
  told.accept_status = FRESHET_OK;
  CHECK(site.run(Json::object(), told.policy)["refreshed"] == 1);
  CHECK_FALSE(site.answers("the sea").empty());
  site.check();
}

TEST_CASE("a function of a policy that throws fails") {
  Site site;
  site.run();
  site.write(1, "Another text.");
  Told told;
  told.accept = [](const freshet_known&, const freshet_document*) -> bool { throw 1; };
  const Json root = failed_root(site.run(Json::object(), told.policy));
  CHECK(root["error"]["message"].get<std::string>().find("accept failed: threw an exception") !=
        std::string::npos);
}

TEST_CASE("a root is asked about again when its policy said so, whatever became of it") {
  Site site;
  Told told;
  constexpr std::int64_t wait = 7'000'000;
  told.decide = [&](const freshet_known& known, std::int64_t now, freshet_decision& out) {
    out.refresh = known.exists == 0 || now != known.checked_ms;  // no: asked after the change
    out.ask_again_ms = known.checked_ms + wait;
  };
  const auto expect = [&](const char* what, int number) {
    INFO(what);
    const freshet_root_info info = root_of(site, number);
    CHECK(info.ask_again_ms == info.checked_ms + wait);
  };
  const auto run = [&] { return site.run(Json::object(), told.policy); };
  CHECK(run()["refreshed"] == 3);
  expect("new", 0);
  CHECK(run()["unchanged"] == 3);
  expect("same version", 0);
  site.write(0, "Another text, so that the page is read again.");
  CHECK(run()["refreshed"] == 1);
  expect("refreshed", 0);
  site.write(0, "A text that is declined.");
  told.accept = [](const freshet_known&, const freshet_document*) { return false; };
  CHECK(run()["skipped"] == 1);
  expect("declined", 0);
}

TEST_CASE("a flag that is set while a root is in work is not overruled") {
  Site site;
  site.run();
  site.write(0, "Another text.");
  const std::string uri = "file://" + site.path(0);
  Told told;
  std::vector<std::string> flags;
  told.decide = [&](const freshet_known& known, std::int64_t, freshet_decision& out) {
    if (known.uri == uri) flags.push_back(known.flags);
    out.refresh = flags.size() == 1;
    out.ask_again_ms = FRESHET_NEVER;
  };
  told.accept = [&](const freshet_known&, const freshet_document*) {
    REQUIRE_OK(freshet_repository_set_flags(site.store.repository, uri.c_str(),
                                            R"({"urgent":true})", out_error));
    return true;
  };
  CHECK(site.run(Json::object(), told.policy)["refreshed"] == 1);
  CHECK(root_of(site, 0).ask_again_ms <= root_of(site, 0).checked_ms + 1000);  // due: ask again
  site.run(Json::object(), told.policy);
  CHECK(flags.back() == R"({"urgent":true})");
  CHECK(root_of(site, 0).ask_again_ms == FRESHET_NEVER);
}

TEST_CASE("a flag makes its root due") {
  Site site;
  const Json never{{"policy", "never"}};
  site.run(never);
  CHECK(root_of(site, 0).ask_again_ms == FRESHET_NEVER);
  const auto flag = [&] {
    REQUIRE_OK(freshet_repository_set_flags(site.store.repository,
                                            ("file://" + site.path(0)).c_str(),
                                            R"({"urgent":true})", out_error));
  };
  flag();
  CHECK(root_of(site, 0).ask_again_ms <= root_of(site, 0).checked_ms + 60'000);
  site.run(never);
  CHECK(root_of(site, 0).ask_again_ms == FRESHET_NEVER);
  flag();  // as it was
  CHECK(root_of(site, 0).ask_again_ms == FRESHET_NEVER);
}

TEST_CASE("force_refresh is spent by the commit that it caused, and by no other") {
  Site site;
  const Json metadata = Json::parse(R"({"policy":{"any":[{"ttl":"10w"},"metadata"]}})");
  const std::string uri = "file://" + site.path(0);
  site.run(metadata);
  const auto set = [&](const char* flags) {
    REQUIRE_OK(freshet_repository_set_flags(site.store.repository, uri.c_str(), flags, out_error));
  };
  const auto flags = [&] { return site.store.flags(uri); };
  set(R"({"force_refresh":true,"priority":"low"})");
  Json report = site.run(metadata);
  CHECK(report["unchanged"] == 1);  // it was read, and is as it was
  CHECK(flags() == R"({"priority":"low"})");
  CHECK(site.run(metadata)["unchanged"] == 0);

  set(R"({"force_refresh":true})");
  site.write(0, "A new text.");
  CHECK(site.run(metadata)["refreshed"] == 1);
  CHECK(flags() == R"({"priority":"low"})");

  set(R"({"force_refresh":true})");
  CHECK(site.run({{"policy", {{"ttl", "10w"}}}})["skipped"] == 3);  // it does not look at flags
  CHECK(site.run({{"policy", "always"}})["unchanged"] == 3);        // that was not its doing
  CHECK(flags() == R"({"force_refresh":true,"priority":"low"})");
}

TEST_CASE(
    "a flag that forces stays where the refresh fails, and is spent by the one that succeeds") {
  Site site;
  const Json metadata{{"policy", "metadata"}};
  const std::string uri = "file://" + site.path(0);
  site.run(metadata);
  REQUIRE_OK(freshet_repository_set_flags(site.store.repository, uri.c_str(),
                                          R"({"force_refresh":true})", out_error));
  site.write(0, std::string("\xff\xfe\x00\x01 no text", 13));
  CHECK(site.run(metadata)["failed"] == 1);
  CHECK(site.store.flags(uri) == R"({"force_refresh":true})");
  site.write(0, "A text once more.");
  CHECK(site.run({{"policy", "metadata"}, {"force", true}})["failed"] == 0);
  CHECK(site.store.flags(uri) == "{}");
}

TEST_CASE("force_refresh is spent by ingesting, too") {
  Site site;
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_metadata(nullptr, &policy, out_error));
  const std::string uri = "file://" + site.path(0);
  freshet_reader* reader = nullptr;
  REQUIRE_OK(freshet_reader_new(nullptr, &reader, out_error));
  const auto ingests = [&] {
    freshet_document* document = nullptr;
    REQUIRE_OK(freshet_policy_ingest_if_needed(policy, site.store.repository, reader, uri.c_str(),
                                               nullptr, &document, out_error));
    freshet_document_free(document);
    return document != nullptr;
  };
  CHECK(ingests());
  CHECK_FALSE(ingests());
  REQUIRE_OK(freshet_repository_set_flags(site.store.repository, uri.c_str(),
                                          R"({"force_refresh":true})", out_error));
  CHECK(ingests());
  CHECK_FALSE(ingests());
  freshet_reader_free(reader);
  freshet_policy_free(policy);
}

TEST_CASE("sources refer to an application's policies by name") {
  Site site;
  Told no;
  no.decide = [](const freshet_known&, std::int64_t, freshet_decision&) {};
  Told yes;
  const auto name_policy = [&](const char* name, const freshet_policy* policy) {
    REQUIRE_OK(freshet_repository_name_policy(site.store.repository, name, policy, out_error));
  };
  name_policy("no", no.policy);
  name_policy("yes", yes.policy);
  const auto run = [&](const char* name, freshet_error** out_error) {
    Json source = site.source();
    source["policy"] = {{"custom", name}};
    freshet_refresh* refresh = nullptr;
    const freshet_status status =
        freshet_refresh_run(site.store.repository, site.config({{"sources", {source}}}).c_str(),
                            nullptr, nullptr, &refresh, out_error);
    const Json report = refresh != nullptr ? Site::report_of(refresh) : Json(status);
    freshet_refresh_free(refresh);
    return report;
  };
  CHECK(run("no", nullptr)["skipped"] == 3);
  CHECK(run("yes", nullptr)["refreshed"] == 3);
  Failure failure;
  CHECK(run("maybe", failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "sources[0].policy.custom");
  CHECK(failure.message() == R"(no policy is named "maybe"; there is "no", "yes")");
  name_policy("yes", no.policy);
  CHECK(run("yes", nullptr)["skipped"] == 3);
  for (const char* name : {"yes", "no", "never named"}) name_policy(name, nullptr);
  run("no", failure.out());
  CHECK(failure.message() == R"(no policy is named "no": none was given with a name)");
}

TEST_CASE("a policy is asked about roots, never about a listing") {
  Site site;
  Told told;
  std::vector<std::string> asked;
  std::mutex mutex;
  told.decide = [&](const freshet_known& known, std::int64_t now, freshet_decision& out) {
    const std::lock_guard lock(mutex);
    asked.emplace_back(known.uri);
    out.refresh = known.exists == 0;
    out.ask_again_ms = now + 60'000;
  };
  Json source = site.source();
  source["name"] = "handbook";
  for (int i = 0; i < 2; ++i) {
    const Json report = site.run({{"sources", {source}}}, told.policy);
    CHECK(report["sources"][0]["listed"] == true);  // by default a custom policy's source lists
  }
  source["list_every"] = "1h";
  const Json report = site.run({{"sources", {source}}}, told.policy);
  CHECK(report["sources"][0]["listed"] == false);
  CHECK(report["skipped"] == 3);
  for (const std::string& uri : asked) CHECK(uri.find("file://") == 0);
}

TEST_CASE("a source says itself how long its listing stands") {
  struct Row {
    Json policy, list_every;
    bool lists;
  };
  const std::vector<Row> rows{{"always", nullptr, true},         {"never", nullptr, true},
                              {{{"ttl", "1h"}}, nullptr, false}, {{{"ttl", "1h"}}, "0s", true},
                              {"always", "1h", false},           {"never", "1h", false}};
  for (const Row& row : rows) {
    INFO(row.policy.dump() << " " << row.list_every.dump());
    Site site;
    Json source = site.source();
    source["policy"] = row.policy;
    if (!row.list_every.is_null()) source["list_every"] = row.list_every;
    const Json more{{"sources", {source}}};
    site.run(more);
    site.write(9, "A page that only a listing can find.");
    CHECK(site.run(more)["sources"][0]["listed"] == row.lists);
    CHECK(site.store.info().documents == (row.lists ? 4 : 3));
  }
}

}  // namespace freshet::capi_test
