// Runs over the files loader, the hash embedder and the SQLite store, as they lie beside the
// library.
#include <atomic>
#include <functional>
#include <thread>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

struct Received {
  std::atomic<int> events{0};
  std::atomic<int> inside{0};
  std::atomic<bool> overlapped{false};
  std::atomic<bool> ended{false};  // the last event came, and the callback returned
  std::vector<std::int32_t> kinds;
  std::vector<std::string> uris;
  std::function<void()> on_root = [] {};
};

void receive(void* payload, const freshet_event* event) {
  auto& received = *static_cast<Received*>(payload);
  if (received.inside.fetch_add(1) != 0) received.overlapped = true;
  ++received.events;
  received.kinds.push_back(event->kind);
  if (event->kind == FRESHET_EVENT_ROOT_DONE) {
    received.uris.emplace_back(event->uri);
    received.on_root();
  }
  --received.inside;
  if (event->kind == FRESHET_EVENT_RUN_ENDED) received.ended = true;
}

// A policy that holds up the run until it is let go, so that a test can be sure it is under way.
struct Gate {
  std::atomic<bool> entered{false};
  std::atomic<bool> open{false};

  freshet_policy* make() {
    freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
    functions.payload = this;
    functions.decide = [](void* payload, const freshet_known*, std::int64_t,
                          freshet_decision* out) {
      auto& gate = *static_cast<Gate*>(payload);
      gate.entered = true;
      while (!gate.open) std::this_thread::yield();
      out->refresh = 1;
      return freshet_status{FRESHET_OK};
    };
    freshet_policy* policy = nullptr;
    REQUIRE_OK(freshet_policy_custom(&functions, &policy, out_error));
    return policy;
  }
  void wait_until_entered() const {
    while (!entered) std::this_thread::yield();
  }
};

}  // namespace

TEST_CASE("a run refreshes what is new, then nothing, then what has changed") {
  Site site;
  Json report = site.run();
  CHECK(report["refreshed"] == 3);
  CHECK(report["failed"] == 0);
  CHECK(report["delivered"]["pending"] == 0);
  CHECK(report["roots"].size() == 3);
  report = site.run();
  CHECK(report["refreshed"] == 0);
  CHECK(report["unchanged"] == 3);
  CHECK(report["delivered"]["upserts"] == 0);
  site.write(1, "This page speaks of mountains now.");
  report = site.run();
  CHECK(report["refreshed"] == 1);
  CHECK(report["unchanged"] == 2);
}

TEST_CASE("what was delivered is found by text, by vector, and with a filter") {
  Site site;
  site.write(1, "Glaciers move slowly downhill.");
  site.run();
  freshet_hits* hits = nullptr;
  REQUIRE_OK(freshet_query_run(site.store.repository, "glaciers", R"({"limit":2,"mode":"text"})",
                               nullptr, &hits, out_error));
  REQUIRE(freshet_hits_count(hits) >= 1);
  freshet_hit hit = FRESHET_HIT_INIT;
  REQUIRE_OK(freshet_hits_get(hits, 0, &hit, out_error));
  CHECK(std::string(hit.text).find("Glaciers") != std::string::npos);
  CHECK(std::string(hit.uri).find("page1.md") != std::string::npos);
  CHECK(hit.title == std::string("Page 1"));
  CHECK(std::string(hit.chunk_id).size() == 32);
  CHECK(Json::parse(hit.metadata).is_object());
  Failure failure;
  CHECK(freshet_hits_get(hits, 99, &hit, failure.out()) == FRESHET_E_NOT_FOUND);
  char* json = nullptr;
  REQUIRE_OK(freshet_hits_to_json(hits, &json, out_error));
  CHECK(Json::parse(take(json))["hits"][0]["title"] == "Page 1");
  freshet_hits_free(hits);

  REQUIRE_OK(freshet_query_run(site.store.repository, "Glaciers move slowly downhill.",
                               R"({"mode":"vector","limit":1})", nullptr, &hits, out_error));
  CHECK(freshet_hits_count(hits) == 1);
  freshet_hits_free(hits);
}

TEST_CASE("queries are refused for what is wrong with them") {
  Site site;
  freshet_hits* hits = nullptr;
  Failure failure;
  site.run();
  const auto refused = [&](const char* options, const char* subject) {
    INFO(options);
    CHECK(freshet_query_run(site.store.repository, "x", options, nullptr, &hits, failure.out()) ==
          FRESHET_E_INVALID_ARGUMENT);
    CHECK(failure.subject() == subject);
  };
  refused(R"({"limit":0})", "limit");
  refused(R"({"limt":1})", "limt");
  refused(R"({"filter":"x"})", "filter");
  CHECK(freshet_query_run(site.store.repository, "x", R"({"mode":"magic"})", nullptr, &hits,
                          failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(freshet_query_run(site.store.repository, "", nullptr, nullptr, &hits, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
}

TEST_CASE("events are polled from the first to the last, and then there are none for ever") {
  Site site;
  freshet_refresh* refresh = site.start();
  std::vector<std::int32_t> kinds;
  std::vector<std::string> done;
  std::uint64_t delivered = 0;
  std::uint64_t pending = 1;
  for (;;) {
    freshet_event event = FRESHET_EVENT_INIT;
    REQUIRE_OK(freshet_refresh_next_event(refresh, -1, &event, out_error));
    if (event.kind == FRESHET_EVENT_NONE) break;
    kinds.push_back(event.kind);
    CHECK(event.time_ms > 0);
    if (event.kind == FRESHET_EVENT_DELIVERY) {
      CHECK(event.done > delivered);
      delivered = event.done;
      pending = event.total;
    }
    if (event.kind == FRESHET_EVENT_ROOT_DONE) {
      done.emplace_back(event.uri);
      CHECK(event.outcome == FRESHET_OUTCOME_REFRESHED);
    }
  }
  REQUIRE_FALSE(kinds.empty());
  CHECK(kinds.front() == FRESHET_EVENT_RUN_STARTED);
  CHECK(kinds.back() == FRESHET_EVENT_RUN_ENDED);
  CHECK(done.size() == 3);
  CHECK(delivered == 3);
  CHECK(pending == 0);
  freshet_event event = FRESHET_EVENT_INIT;
  REQUIRE_OK(freshet_refresh_next_event(refresh, 0, &event, out_error));
  CHECK(event.kind == FRESHET_EVENT_NONE);
  REQUIRE_OK(freshet_refresh_wait(refresh, -1, out_error));
  std::int32_t code = -1;
  REQUIRE_OK(freshet_refresh_exit_code(refresh, &code, out_error));
  CHECK(code == 0);
  freshet_refresh_counts counts = FRESHET_REFRESH_COUNTS_INIT;
  REQUIRE_OK(freshet_refresh_counts_get(refresh, &counts, out_error));
  CHECK(counts.listed == 3);
  CHECK(counts.refreshed == 3);
  freshet_refresh_free(refresh);
}

TEST_CASE("a run that nobody listens to does not wait, and its events are dropped and counted") {
  Site site(1500);
  freshet_refresh* refresh = site.start(Json{{"embedder", nullptr}});
  REQUIRE_OK(freshet_refresh_wait(refresh, -1, out_error));
  std::uint64_t read = 0;
  std::uint64_t dropped = 0;
  std::int32_t last = 0;
  for (;;) {
    freshet_event event = FRESHET_EVENT_INIT;
    REQUIRE_OK(freshet_refresh_next_event(refresh, 0, &event, out_error));
    if (event.kind == FRESHET_EVENT_NONE) break;
    ++read;
    dropped += event.dropped;
    last = event.kind;
  }
  CHECK(read <= 1024);
  CHECK(read + dropped > 1500);
  CHECK(last == FRESHET_EVENT_RUN_ENDED);
  CHECK(Site::report_of(refresh)["roots"].size() == 1500);
  freshet_refresh_free(refresh);
}

TEST_CASE("a callback gets every event, one at a time, all of them before the wait is over") {
  Site site(20);
  Received received;
  freshet_call_options options = FRESHET_CALL_OPTIONS_INIT;
  options.on_event = receive;
  options.payload = &received;
  freshet_refresh* refresh = site.start(Json::object(), &options);
  REQUIRE_OK(freshet_refresh_wait(refresh, -1, out_error));
  CHECK(received.uris.size() == 20);
  CHECK(received.kinds.back() == FRESHET_EVENT_RUN_ENDED);
  CHECK_FALSE(received.overlapped);
  freshet_event event = FRESHET_EVENT_INIT;
  Failure failure;
  CHECK(freshet_refresh_next_event(refresh, 0, &event, failure.out()) == FRESHET_E_MISUSE);
  const int events = received.events;
  freshet_refresh_free(refresh);
  CHECK(received.events == events);
}

TEST_CASE("a callback may cancel and free its own run, but not wait for it") {
  Site site(200);
  Received received;
  static std::atomic<freshet_refresh*> refresh{nullptr};
  refresh = nullptr;
  std::atomic<freshet_status> waited{FRESHET_OK};
  std::atomic<bool> freed{false};
  received.on_root = [&] {
    while (refresh == nullptr) std::this_thread::yield();
    if (freed) return;
    waited = freshet_refresh_wait(refresh, -1, nullptr);
    freshet_refresh_cancel(refresh, nullptr);
    freshet_refresh_free(refresh);
    freed = true;
  };
  freshet_call_options options = FRESHET_CALL_OPTIONS_INIT;
  options.on_event = receive;
  options.payload = &received;
  refresh = site.start(Json::object(), &options);
  while (!freed) std::this_thread::yield();
  CHECK(waited == FRESHET_E_MISUSE);
  while (!received.ended) std::this_thread::yield();                     // it ends by itself
  CHECK(freshet_refresh_wait(refresh, 0, nullptr) == FRESHET_E_MISUSE);  // the handle is gone
}

TEST_CASE("a run is cancelled from another thread, and the next one goes on") {
  Site site(50);
  Gate gate;
  freshet_policy* policy = gate.make();
  freshet_refresh* refresh = nullptr;
  REQUIRE_OK(freshet_refresh_start(site.store.repository, site.config().c_str(), policy, nullptr,
                                   &refresh, out_error));
  gate.wait_until_entered();
  Failure failure;
  CHECK(freshet_refresh_wait(refresh, 0, failure.out()) == FRESHET_E_TIMEOUT);
  const char* text = nullptr;
  std::int32_t code = 0;
  CHECK(freshet_refresh_report(refresh, &text, nullptr, failure.out()) == FRESHET_E_BUSY);
  CHECK(freshet_refresh_exit_code(refresh, &code, failure.out()) == FRESHET_E_BUSY);
  std::thread([&] { REQUIRE_OK(freshet_refresh_cancel(refresh, out_error)); }).join();
  gate.open = true;
  REQUIRE_OK(freshet_refresh_wait(refresh, -1, out_error));
  CHECK(Site::report_of(refresh)["cancelled"] == true);
  REQUIRE_OK(freshet_refresh_exit_code(refresh, &code, out_error));
  CHECK(code == 1);
  freshet_refresh_free(refresh);
  freshet_policy_free(policy);
  site.run();
  CHECK(site.store.info().documents == 50);
}

TEST_CASE("freeing a run that goes on cancels it, and closing its repository does not disturb it") {
  Site site(50);
  Gate gate;
  freshet_policy* policy = gate.make();
  freshet_refresh* first = nullptr;
  REQUIRE_OK(freshet_refresh_start(site.store.repository, site.config().c_str(), policy, nullptr,
                                   &first, out_error));
  freshet_policy_free(policy);  // the run keeps it
  gate.wait_until_entered();
  freshet_repository_close(site.store.repository);
  gate.open = true;
  REQUIRE_OK(freshet_refresh_wait(first, -1, out_error));
  CHECK(Site::report_of(first)["refreshed"] == 50);
  freshet_refresh_free(first);

  Store again;
  Gate second_gate;
  policy = second_gate.make();
  freshet_refresh* second = nullptr;
  REQUIRE_OK(freshet_refresh_start(again.repository, site.config().c_str(), policy, nullptr,
                                   &second, out_error));
  second_gate.wait_until_entered();
  second_gate.open = true;
  freshet_refresh_free(second);  // waits
  freshet_policy_free(policy);
}

TEST_CASE("a plan says what would be done and changes nothing") {
  Site site;
  freshet_refresh* plan = nullptr;
  REQUIRE_OK(freshet_refresh_run(site.store.repository, site.config({{"dry_run", true}}).c_str(),
                                 nullptr, nullptr, &plan, out_error));
  const Json report = Site::report_of(plan);
  CHECK(report["dry_run"] == true);
  CHECK(report["plan"]["fetch"] == 3);
  CHECK(site.store.info().roots == 0);
  freshet_refresh_free(plan);
}

TEST_CASE("a wrong configuration is refused at once, at its path") {
  Store store;
  freshet_refresh* refresh = nullptr;
  Failure failure;
  const auto refused = [&](const char* config, const char* subject) {
    INFO(config);
    CHECK(freshet_refresh_start(store.repository, config, nullptr, nullptr, &refresh,
                                failure.out()) == FRESHET_E_INVALID_ARGUMENT);
    CHECK(failure.subject() == subject);
    CHECK(refresh == nullptr);
  };
  refused(R"({"sorces":[]})", "sorces");
  refused(R"({"sources":{}})", "sources");
  refused(R"({"sources":[{"options":{}}]})", "sources[0].loader");
  refused(R"({"jobs":0})", "jobs");
  refused(R"({"policy":{"ttl":"soon"}})", "policy.ttl");
}

TEST_CASE("a run that can do nothing says why, with the path of what is wrong") {
  Store store;
  freshet_refresh* refresh = nullptr;
  Failure failure;
  CHECK(freshet_refresh_run(store.repository,
                            R"({"sources":[{"loader":"files","options":{"pth":"/x"}}]})", nullptr,
                            nullptr, &refresh, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject().find("sources[0].options") == 0);
  CHECK(refresh == nullptr);
  CHECK(freshet_refresh_run(store.repository, R"({"sources":[{"loader":"no-such-loader"}]})",
                            nullptr, nullptr, &refresh, failure.out()) != FRESHET_OK);
}

TEST_CASE("a store that refuses a first run leaves the next one free to ask for something else") {
  Site site, other;
  const Json same = {{"name", "sqlite"},
                     {"options", {{"path", site.store.folder.path("shared.sqlite")}}}};
  site.run({{"store", same}});
  freshet_refresh* refresh = nullptr;
  Failure failure;
  const Json small = {{"name", "hash"}, {"options", {{"dimension", 64}}}};
  CHECK(freshet_refresh_run(other.store.repository,
                            other.config({{"store", same}, {"embedder", small}}).c_str(), nullptr,
                            nullptr, &refresh, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  other.run({{"store", same}});
}

TEST_CASE("verify finds the store in step, and repair brings it there again") {
  Site site;
  char* json = nullptr;
  Failure failure;
  CHECK(freshet_store_verify(site.store.repository, nullptr, nullptr, &json, failure.out()) ==
        FRESHET_E_NOT_FOUND);
  site.run();
  REQUIRE_OK(freshet_store_verify(site.store.repository, nullptr, nullptr, &json, out_error));
  Json report = Json::parse(take(json));
  CHECK(report["in_step"] == true);
  CHECK(report["stored"] == report["expected"]);
  REQUIRE_OK(freshet_store_reset(site.store.repository, nullptr, out_error));
  REQUIRE_OK(freshet_store_repair(site.store.repository, nullptr, &json, out_error));
  freshet_string_free(json);
  REQUIRE_OK(freshet_store_verify(site.store.repository, nullptr, nullptr, &json, out_error));
  report = Json::parse(take(json));
  CHECK(report["in_step"] == true);
  CHECK(report["stored"] == 3);
}

TEST_CASE("verify compares every row when it is told to, and takes nothing else") {
  Site site;
  site.run();
  char* json = nullptr;
  REQUIRE_OK(
      freshet_store_verify(site.store.repository, R"({"deep":true})", nullptr, &json, out_error));
  const Json report = Json::parse(take(json));
  CHECK(report["compared"] == 3);
  CHECK(report["sample"]["of"] == 1);
  CHECK(report["damaged"] == 0);
  CHECK(report["problems"].empty());
  for (const char* wrong : {R"({"deep":1})", R"({"depth":true})", "[]", "{"}) {
    Failure failure;
    CHECK(freshet_store_verify(site.store.repository, wrong, nullptr, &json, failure.out()) ==
          FRESHET_E_INVALID_ARGUMENT);
  }
}

TEST_CASE("a store that is damaged while queries have it open is filled again") {
  Site site;
  site.run();
  CHECK(site.answers("rivers").size() == 3);
  const std::string path = site.store.folder.path("repository/store.sqlite");
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(path + end);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  char* json = nullptr;
  REQUIRE_OK(freshet_store_repair(site.store.repository, nullptr, &json, out_error));
  const Json report = Json::parse(take(json));
  CHECK(report["rebuilt"] == true);
  CHECK(report["in_step"] == false);
  CHECK(report["upserts"] == 3);
  CHECK(report["embedded_texts"] == 0);
  CHECK(std::filesystem::exists(report["kept"].get<std::string>()));
  site.check();
  CHECK(site.answers("rivers").size() == 3);
}

TEST_CASE("several runs and queries at once on one repository keep out of each other's way") {
  Site site(30);
  site.run();
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      freshet_refresh* refresh = nullptr;
      if (freshet_refresh_run(site.store.repository, site.config().c_str(), nullptr, nullptr,
                              &refresh, nullptr) != FRESHET_OK)
        ++failures;
      freshet_refresh_free(refresh);
      for (int j = 0; j < 10; ++j) {
        freshet_hits* hits = nullptr;
        if (freshet_query_run(site.store.repository, "rivers", nullptr, nullptr, &hits, nullptr) !=
            FRESHET_OK)
          ++failures;
        freshet_hits_free(hits);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(site.store.info().documents == 30);
}

TEST_CASE("plugins are listed with what they provide") {
  freshet_plugins* plugins = nullptr;
  REQUIRE_OK(freshet_plugins_open(nullptr, &plugins, out_error));
  REQUIRE(freshet_plugins_count(plugins) > 0);
  bool files = false;
  for (std::size_t i = 0; i < freshet_plugins_count(plugins); ++i) {
    freshet_plugin_info info = FRESHET_PLUGIN_INFO_INIT;
    REQUIRE_OK(freshet_plugins_get(plugins, i, &info, out_error));
    files |= info.kind == std::string("loader") && info.name == std::string("files");
    CHECK(Json::parse(info.schema).is_object());
    CHECK(std::filesystem::exists(info.manifest));
  }
  CHECK(files);
  freshet_plugin_info info = FRESHET_PLUGIN_INFO_INIT;
  Failure failure;
  CHECK(freshet_plugins_get(plugins, 10'000, &info, failure.out()) == FRESHET_E_NOT_FOUND);
  char* json = nullptr;
  REQUIRE_OK(freshet_plugins_list(plugins, &json, out_error));
  CHECK(Json::parse(take(json))["search_path"].is_array());
  freshet_plugins_free(plugins);
  CHECK(freshet_plugins_open(R"({"dirs":[]})", &plugins, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
}

}  // namespace freshet::capi_test
