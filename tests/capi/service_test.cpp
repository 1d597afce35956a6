// A service lists by its schedules, refreshes what is due, and answers what is asked of it.
#include <atomic>
#include <chrono>
#include <semaphore>
#include <thread>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

using std::chrono::steady_clock;

constexpr std::int64_t patience_ms = 60'000;

struct Running {
  explicit Running(Site& site, const std::string& config) : site(site) {
    REQUIRE_OK(freshet_service_open(site.store.repository, config.c_str(), &service, out_error));
  }
  ~Running() { freshet_service_free(service); }
  void start() { REQUIRE_OK(freshet_service_start(service, out_error)); }
  void stop() { REQUIRE_OK(freshet_service_stop(service, patience_ms, out_error)); }
  // The next end of a run: of which source, and how it was.
  std::pair<std::string, std::string> ended() {
    for (;;) {
      freshet_event event = FRESHET_EVENT_INIT;
      REQUIRE_OK(freshet_service_next_event(service, patience_ms, &event, out_error));
      REQUIRE(event.kind != FRESHET_EVENT_NONE);
      if (event.kind == FRESHET_EVENT_RUN_ENDED) return {event.source, event.message};
    }
  }
  // The runs that nobody has heard of yet, until it stopped.
  std::size_t rest() {
    std::size_t runs = 0;
    for (;;) {
      freshet_event event = FRESHET_EVENT_INIT;
      REQUIRE_OK(freshet_service_next_event(service, 0, &event, out_error));
      if (event.kind == FRESHET_EVENT_NONE) return runs;
      runs += event.kind == FRESHET_EVENT_RUN_ENDED;
    }
  }
  Json statistics() const {
    char* json = nullptr;
    REQUIRE_OK(freshet_service_statistics(service, &json, out_error));
    return Json::parse(take(json));
  }
  void trigger(const char* source) {
    REQUIRE_OK(freshet_service_trigger(service, source, out_error));
  }
  Site& site;
  freshet_service* service = nullptr;
};

Json named(const Site& site, const char* name, const Json& schedule, const Json& policy) {
  Json source = site.source();
  source["name"] = name;
  source["schedule"] = schedule;
  source["policy"] = policy;
  return source;
}

// Another folder of two pages, as a source.
Json other_source(const Site& site, const char* name) {
  site.store.folder.write("other/a.md", "# A\n\nA page about lakes.\n");
  return {{"name", name},
          {"loader", "files"},
          {"options", {{"path", site.store.folder.path("other")}}},
          {"schedule", "12h"}};
}

std::string refused(Site& site, const Json& config, freshet_status code) {
  freshet_service* service = nullptr;
  Failure failure;
  CHECK(freshet_service_open(site.store.repository, site.config(config).c_str(), &service,
                             failure.out()) == code);
  CHECK(service == nullptr);
  return failure.subject() + ": " + failure.message();
}

}  // namespace

TEST_CASE("a service lists at once what was never listed, and says what it did", "[service]") {
  Site site;
  Running running(site, site.config({{"sources", {named(site, "notes", "6h", "always")}}}));
  Json before = running.statistics();
  CHECK(before["running"] == false);
  CHECK(before["runs"]["success_rate"].is_null());
  CHECK(before["runs"]["seconds"]["mean"].is_null());
  running.start();
  const auto [source, message] = running.ended();
  CHECK(source == "notes");
  CHECK(message.starts_with("3 refreshed, 0 unchanged of 3 roots in "));
  const Json after = running.statistics();
  CHECK(after["running"] == true);
  CHECK(after["runs"]["ended"] == 1);
  CHECK(after["runs"]["roots"]["refreshed"] == 3);
  CHECK(after["runs"]["success_rate"] == 1.0);
  CHECK(after["runs"]["last_error"].is_null());
  CHECK(after["sources"][0]["name"] == "notes");
  CHECK(after["sources"][0]["schedule"] == Json{{"every", "6h"}});
  running.stop();
  CHECK(running.rest() == 0);  // what "always" has due waits for the schedule
  CHECK(running.statistics()["running"] == false);
  site.check();
}

TEST_CASE("a source without a schedule of any kind is refused by its place", "[service]") {
  Site site;
  CHECK(refused(site, Json::object(), FRESHET_E_INVALID_ARGUMENT)
            .starts_with("sources[0].schedule: is missing: how often to list it"));
  CHECK(refused(site, {{"sources", Json::array()}}, FRESHET_E_INVALID_ARGUMENT) ==
        "sources: names none: a service needs one at least");
  for (const char* word : {"force", "dry_run", "accept_shrink", "rebuild"})
    CHECK(refused(site, {{word, true}}, FRESHET_E_INVALID_ARGUMENT)
              .starts_with(std::string(word) + ": is for one run"));
  CHECK(refused(site, {{"service", {{"workers", 0}}}}, FRESHET_E_INVALID_ARGUMENT)
            .starts_with("service.workers: "));
  CHECK(refused(site, {{"sources", {named(site, "a", {{"cron", "61 * * * *"}}, "always")}}},
                FRESHET_E_INVALID_ARGUMENT)
            .starts_with("sources[0].schedule.cron: "));
  freshet_service* service = nullptr;
  const std::string by_ttl = site.config({{"policy", {{"ttl", "1h"}}}});
  REQUIRE_OK(freshet_service_open(site.store.repository, by_ttl.c_str(), &service, out_error));
  freshet_service_free(service);
}

TEST_CASE("a service listens from its start to its stop, where it is told to", "[service]") {
  Site site;
  const Json listening{{"service", {{"listen", "127.0.0.1:0"}}},
                       {"sources", {named(site, "notes", "6h", "always")}}};
  Running running(site, site.config(listening));
  CHECK(running.statistics()["listen"].is_null());
  for (int round = 0; round < 2; ++round) {
    running.start();
    const Json address = running.statistics()["listen"];
    REQUIRE(address.is_string());
    CHECK(address.get<std::string>().starts_with("127.0.0.1:"));
    CHECK(address != "127.0.0.1:0");
    // The address is taken now, so that no other can begin.
    Json same = listening;
    same["service"]["listen"] = address;
    Running other(site, site.config(same));
    Failure failure;
    CHECK(freshet_service_start(other.service, failure.out()) == FRESHET_E_IO);
    CHECK(failure.subject() == address);
    CHECK(other.statistics()["running"] == false);
    // Another address takes a restart.
    Failure moved;
    same["service"]["listen"] = "127.0.0.1:1";
    CHECK(freshet_service_reload(running.service, site.config(same).c_str(), moved.out()) ==
          FRESHET_E_INVALID_ARGUMENT);
    CHECK(moved.subject() == "service.listen");
    running.stop();
    CHECK(running.statistics()["listen"].is_null());
  }
}

TEST_CASE("whom others reach listens with a token only", "[service]") {
  Site site;
  const auto with = [&](const Json& service) {
    return refused(site, {{"service", service}}, FRESHET_E_INVALID_ARGUMENT);
  };
  CHECK(with({{"listen", "0.0.0.0:8466"}}).starts_with("service.listen_token: is missing: "));
  CHECK(with({{"listen", "example.org:8466"}}).starts_with("service.listen: is not an IP address"));
  CHECK(
      with({{"listen_token", "hunter22"}}).starts_with("service.listen_token: is not a reference"));
  CHECK(with({{"hooks", {{"github", "hunter22"}}}}).starts_with("service.hooks.github: is not a"));
  CHECK(with({{"hooks", {{"gitea", "env:A"}}}})
            .starts_with("service.hooks.gitea: is not a known key"));
  Json source = named(site, "notes", "6h", "always");
  source["hook"] = {{"origin", "https://github.com/a/b"}, {"uri", "https://e.org/{file}"}};
  CHECK(refused(site, {{"sources", {source}}}, FRESHET_E_INVALID_ARGUMENT) ==
        "sources[0].hook.uri: has a brace that is none of {path}, {stem} and {commit}");
  source["hook"] = {{"uri", "https://e.org/{path}"}};
  CHECK(refused(site, {{"sources", {source}}}, FRESHET_E_INVALID_ARGUMENT)
            .starts_with("sources[0].hook.origin: is missing"));
}

TEST_CASE("a trigger is answered within a second, without a listing", "[service]") {
  Site site;
  const Json heeding{{"any", {"triggered", {{"ttl", "10w"}}}}};
  Running running(site, site.config({{"service", {{"rest", "0s"}}},
                                     {"sources", {named(site, "notes", "6h", heeding)}}}));
  running.start();
  running.ended();
  site.write(1, "Another text about deltas.");
  site.write(2, "Nobody asked for this one.");
  // As another process would: by a handle of its own.
  freshet_repository* other = nullptr;
  REQUIRE_OK(freshet_repository_open(site.store.folder.path("repository").c_str(), nullptr, &other,
                                     out_error));
  const auto asked = steady_clock::now();
  REQUIRE_OK(freshet_trigger_root(other, ("file://" + site.path(1)).c_str(), nullptr, out_error));
  const auto [source, message] = running.ended();
  const auto took = steady_clock::now() - asked;
  CHECK(message.starts_with("1 refreshed, 0 unchanged of 3 roots in "));
  WARN("answered after " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                         << " ms");
  CHECK(took < std::chrono::seconds(3));
  CHECK_FALSE(site.answers("deltas").empty());
  CHECK(site.answers("nobody").empty());
  freshet_repository_close(other);
}

TEST_CASE("a source is run when it is asked for, and by one worker one after the other",
          "[service]") {
  Site site;
  Running running(site, site.config({{"service", {{"workers", 1}}},
                                     {"sources",
                                      {named(site, "notes", {{"cron", "0 0 1 1 *"}}, "always"),
                                       other_source(site, "other")}}}));
  running.start();
  CHECK(running.ended().first == "notes");
  CHECK(running.ended().first == "other");
  site.write(7, "A page that came later, about fords.");
  running.trigger("other");
  CHECK(running.ended().first == "other");
  CHECK(site.answers("fords").empty());
  running.trigger("notes");
  CHECK(running.ended().first == "notes");
  CHECK_FALSE(site.answers("fords").empty());
  Failure failure;
  CHECK(freshet_service_trigger(running.service, "nots", failure.out()) == FRESHET_E_NOT_FOUND);
  CHECK(failure.message().find("did you mean \"notes\"?") != std::string::npos);
  running.trigger(nullptr);
  running.ended();
  running.ended();
  running.stop();
  CHECK(running.rest() == 0);
}

TEST_CASE("what was listed before a restart is not listed again before its time", "[service]") {
  Site site;
  const std::string config = site.config(
      {{"sources", {named(site, "notes", "6h", "always"), other_source(site, "other")}}});
  {
    Running first(site, config);
    first.start();
    first.ended();
    first.ended();
  }
  site.write(7, "A page that came later, about fords.");
  Running second(site, config);
  second.start();
  second.trigger("other");
  CHECK(second.ended().first == "other");
  second.stop();
  CHECK(second.rest() == 0);
  CHECK(site.answers("fords").empty());
  // Another way to list it is no old listing.
  Json changed = Json::parse(config);
  changed["sources"][0]["options"]["include"] = {"**/*.md"};
  Running third(site, changed.dump());
  third.start();
  CHECK(third.ended().first == "notes");
  CHECK_FALSE(site.answers("fords").empty());
}

TEST_CASE("a configuration is read again, and a wrong one changes nothing", "[service]") {
  Site site;
  const Json notes = named(site, "notes", "6h", "always");
  Running running(site, site.config({{"sources", {notes}}}));
  running.start();
  running.ended();
  Json wrong = notes;
  wrong["schedule"] = "soon";
  Failure failure;
  CHECK(freshet_service_reload(running.service, site.config({{"sources", {wrong}}}).c_str(),
                               failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "sources[0].schedule");
  CHECK(running.statistics()["reload_error"].is_string());
  CHECK(running.statistics()["running"] == true);
  REQUIRE_OK(freshet_service_reload(
      running.service, site.config({{"sources", {notes, other_source(site, "other")}}}).c_str(),
      out_error));
  CHECK(running.ended().first == "other");
  const Json after = running.statistics();
  CHECK(after["reloads"] == 1);
  CHECK(after["reload_error"].is_null());
  CHECK(after["sources"][0]["ended"] == 1);  // it goes on as it was
  running.stop();
  CHECK(running.rest() == 0);
}

TEST_CASE("a service stops within its time, and says where a run goes on", "[service]") {
  Site site;
  struct Hold {
    std::binary_semaphore inside{0}, go_on{0};
    freshet_service* service = nullptr;
    freshet_status stopped_inside = FRESHET_OK;
    bool held = false;
  } hold;
  freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
  functions.payload = &hold;
  functions.decide = [](void* self, const freshet_known*, std::int64_t,
                        freshet_decision* out) -> freshet_status {
    auto& held = *static_cast<Hold*>(self);
    out->refresh = 1;
    if (std::exchange(held.held, true)) return FRESHET_OK;
    held.stopped_inside = freshet_service_stop(held.service, -1, nullptr);
    held.inside.release();
    held.go_on.acquire();
    return FRESHET_OK;
  };
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_custom(&functions, &policy, out_error));
  REQUIRE_OK(freshet_repository_name_policy(site.store.repository, "held", policy, out_error));
  freshet_policy_free(policy);
  Running running(site,
                  site.config({{"sources", {named(site, "notes", "6h", {{"custom", "held"}})}}}));
  hold.service = running.service;
  running.start();
  hold.inside.acquire();
  CHECK(hold.stopped_inside == FRESHET_E_MISUSE);  // it would wait for itself
  CHECK(freshet_service_start(running.service, nullptr) == FRESHET_E_BUSY);
  CHECK(freshet_service_stop(running.service, 20, nullptr) == FRESHET_E_TIMEOUT);
  hold.go_on.release();
  running.stop();
  running.start();  // and on again
  CHECK(running.ended().second.find("roots in") != std::string::npos);
  running.stop();
}

TEST_CASE("who stops a service does not wait for the end of a start that came after", "[service]") {
  Site site;
  Running running(site, site.config({{"sources", {named(site, "notes", "6h", "always")}}}));
  std::atomic<bool> done = false;
  std::thread starter([&] {
    while (!done) freshet_service_start(running.service, nullptr);  // busy, mostly
  });
  int stopped = 0;
  for (int round = 0; round < 300; ++round)
    stopped += freshet_service_stop(running.service, 10'000, nullptr) == FRESHET_OK ? 1 : 0;
  done = true;
  starter.join();
  CHECK(stopped == 300);
  running.stop();
}

TEST_CASE("a site that is down is told of and tried again later, and others go on", "[service]") {
  Site site;
  Json gone = other_source(site, "gone");
  gone["options"]["path"] = site.store.folder.path("nowhere");
  Running running(site, site.config({{"sources", {gone, named(site, "notes", "6h", "always")}}}));
  running.start();
  running.ended();
  running.ended();
  const Json after = running.statistics();
  CHECK(after["sources"][0]["failed"] == 1);
  CHECK(after["sources"][0]["last_error"]["message"].get<std::string>().find("nowhere") !=
        std::string::npos);
  CHECK(after["sources"][1]["failed"] == 0);
  CHECK(after["runs"]["roots"]["refreshed"] == 3);
  running.stop();
  CHECK(running.rest() == 0);
}

TEST_CASE("the account of a run is kept with what failed", "[runs]") {
  Site site;
  site.store.folder.write("site/page1.md", std::string("\xff\xfe\x00\x01 no text", 13));
  CHECK(site.run()["failed"] == 1);
  char* json = nullptr;
  REQUIRE_OK(freshet_runs_list(site.store.repository, 0, 10, &json, out_error));
  const Json runs = Json::parse(take(json))["runs"];
  REQUIRE(runs.size() == 1);
  CHECK(runs[0]["refreshed"] == 2);
  CHECK_FALSE(runs[0].contains("failures"));
  REQUIRE_OK(freshet_runs_get(site.store.repository, runs[0]["id"].get<std::uint64_t>(), &json,
                              out_error));
  const Json run = Json::parse(take(json));
  REQUIRE(run["failures"].size() == 1);
  CHECK(run["failures"][0]["uri"] == "file://" + site.path(1));
  CHECK_FALSE(run["failures"][0]["error"]["message"].get<std::string>().empty());
  for (int i = 0; i < 4; ++i) site.run({{"keep_runs", 3}});
  REQUIRE_OK(freshet_runs_list(site.store.repository, 0, 10, &json, out_error));
  CHECK(Json::parse(take(json))["runs"].size() == 3);
  Failure failure;
  CHECK(freshet_runs_get(site.store.repository, 1, &json, failure.out()) == FRESHET_E_NOT_FOUND);
  site.run({{"keep_runs_for", "0s"}});
  REQUIRE_OK(freshet_runs_list(site.store.repository, 0, 10, &json, out_error));
  CHECK(Json::parse(take(json))["runs"].size() == 1);
}

}  // namespace freshet::capi_test
