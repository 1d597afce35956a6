// Refreshes that are asked for from outside are answered by one that began after them.
#include <cstring>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

const Json heeding = Json::parse(R"({"policy":{"any":["triggered",{"ttl":"10w"}]}})");

struct Triggers {
  explicit Triggers(Site& site) : site(site) {}
  void put(const std::string& uri, const char* reason = nullptr) {
    REQUIRE_OK(freshet_trigger_root(site.store.repository, uri.c_str(), reason, out_error));
  }
  Json pending() const {
    char* json = nullptr;
    REQUIRE_OK(freshet_trigger_list(site.store.repository, 100, &json, out_error));
    return Json::parse(take(json))["triggers"];
  }
  Site& site;
};

// The root of a report that is not a skip.
Json told_root(const Json& report, const std::string& uri) {
  for (const Json& root : report["roots"])
    if (root["uri"] == uri) return root;
  return {};
}

}  // namespace

TEST_CASE("a trigger is answered once, by the commit of the refresh", "[RP trigger]") {
  Site site;
  Triggers triggers(site);
  site.run(heeding);
  const std::string uri = "file://" + site.path(1);
  triggers.put(uri, "a push");
  REQUIRE(triggers.pending().size() == 1);
  CHECK(triggers.pending()[0]["uri"] == uri);
  CHECK(triggers.pending()[0]["reason"] == "a push");
  CHECK(triggers.pending()[0]["since_ms"] > 1'700'000'000'000);
  const Json report = site.run(heeding);
  CHECK(report["unchanged"] == 1);
  CHECK(triggers.pending().empty());
  CHECK(site.run(heeding)["unchanged"] == 0);
  site.write(1, "Another text.");
  CHECK(site.run(heeding)["refreshed"] == 0);
  triggers.put(uri);
  CHECK(triggers.pending()[0]["reason"] == "external trigger");
  CHECK(site.run(heeding)["refreshed"] == 1);
  CHECK(triggers.pending().empty());
  site.check();
}

TEST_CASE("a trigger is kept by a refresh that fails, and answered by the one that does not") {
  Site site;
  Triggers triggers(site);
  site.run(heeding);
  const std::string uri = "file://" + site.path(0);
  triggers.put(uri);
  site.write(0, std::string("\xff\xfe\x00\x01 no text", 13));
  CHECK(site.run(heeding)["failed"] == 1);
  CHECK(triggers.pending().size() == 1);
  site.write(0, "A text again.");
  Json now = heeding;
  now["force"] = true;
  CHECK(site.run(now)["failed"] == 0);
  CHECK(triggers.pending().empty());
}

TEST_CASE("a trigger that comes while its root is in work is not lost") {
  Site site;
  Triggers triggers(site);
  site.run(heeding);
  const std::string uri = "file://" + site.path(0);
  triggers.put(uri, "first");
  site.write(0, "Another text.");
  // Asked after reading, and so while the root is in work.
  freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
  struct InWork {
    Triggers* triggers;
    std::string uri;
    int asked = 0;
  } in_work{&triggers, uri};
  functions.payload = &in_work;
  functions.decide = [](void*, const freshet_known* known, std::int64_t,
                        freshet_decision* out) -> freshet_status {
    out->refresh = known->triggered;
    return FRESHET_OK;
  };
  functions.accept = [](void* self, const freshet_known*, const freshet_document*,
                        std::int32_t* out) -> freshet_status {
    auto& work = *static_cast<InWork*>(self);
    if (work.asked++ == 0) work.triggers->put(work.uri, "second");
    *out = 1;
    return FRESHET_OK;
  };
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_custom(&functions, &policy, out_error));
  CHECK(site.run(Json::object(), policy)["refreshed"] == 1);
  REQUIRE(triggers.pending().size() == 1);
  CHECK(triggers.pending()[0]["reason"] == "second");
  CHECK(site.run(heeding)["unchanged"] == 1);  // it is due, though its TTL is not over
  CHECK(triggers.pending().empty());
  freshet_policy_free(policy);
}

TEST_CASE("what is not known yet can be triggered, and is read when a listing brings it") {
  Site site;
  Triggers triggers(site);
  const Json only{{"policy", "triggered"}};
  CHECK(site.run(only)["refreshed"] == 0);
  const std::string uri = "file://" + site.path(2);
  triggers.put(uri, "new");
  const Json report = site.run(only);
  CHECK(report["refreshed"] == 1);
  CHECK(told_root(report, uri)["reason"] == "new");
  CHECK(triggers.pending().empty());
  site.check();
}

TEST_CASE("a prefix triggers all known roots below it, and no others") {
  Site site;
  Triggers triggers(site);
  site.run(heeding);
  std::uint64_t count = 7;
  const std::string below = "file://" + site.store.folder.path("site/page1");
  REQUIRE_OK(
      freshet_trigger_prefix(site.store.repository, below.c_str(), nullptr, &count, out_error));
  CHECK(count == 1);
  const std::string all = "file://" + site.store.folder.path("site/");
  REQUIRE_OK(freshet_trigger_prefix(site.store.repository, all.c_str(), "all", &count, out_error));
  CHECK(count == 3);
  CHECK(triggers.pending().size() == 3);
  CHECK(site.run(heeding)["unchanged"] == 3);
  CHECK(triggers.pending().empty());
  REQUIRE_OK(freshet_trigger_prefix(site.store.repository, "https://", nullptr, &count, out_error));
  CHECK(count == 0);
}

TEST_CASE("what goes takes its trigger along, and what is wrong with one is named") {
  Site site;
  Triggers triggers(site);
  site.run(heeding);
  const std::string uri = "file://" + site.path(0);
  triggers.put(uri);
  std::uint64_t removed = 0;
  REQUIRE_OK(freshet_repository_delete_root_and_descendants(site.store.repository, uri.c_str(),
                                                            &removed, out_error));
  CHECK(triggers.pending().empty());
  Failure failure;
  CHECK(freshet_trigger_root(site.store.repository, "", nullptr, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_trigger_root(site.store.repository, "x", std::string(1025, 'a').c_str(),
                             failure.out()) == FRESHET_E_LIMIT);
  CHECK(failure.subject() == "reason");
  CHECK(freshet_trigger_prefix(site.store.repository, "", nullptr, nullptr, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_trigger_root(nullptr, "x", nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(triggers.pending().empty());
}

}  // namespace freshet::capi_test
