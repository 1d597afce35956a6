// Calls that are stopped: by a cancel from any thread, or by their time limit.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A cancel, and the options that bear it.
struct Stop {
  Stop() {
    REQUIRE_OK(freshet_cancel_new(&cancel, out_error));
    call.cancel = cancel;
  }
  ~Stop() { freshet_cancel_free(cancel); }
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;
  void request() const { REQUIRE_OK(freshet_cancel_request(cancel, out_error)); }
  freshet_cancel* cancel = nullptr;
  freshet_call_options call = FRESHET_CALL_OPTIONS_INIT;
};

// A server that takes connections and never says a word.
class Silent {
 public:
  Silent() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(socket_, 16) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~Silent() { ::close(socket_); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/page"; }

 private:
  int socket_;
  int port_ = 0;
};

// Every blocking function, called with `call`. Each has to return `status`, and hand out nothing.
void each_returns(freshet_status status, Site& site, const freshet_call_options* call) {
  freshet_repository* const repository = site.store.repository;
  const auto is = [&](const char* name, freshet_status got) {
    INFO(name);
    CHECK(freshet_status_name(got) == std::string_view(freshet_status_name(status)));
  };
  freshet_refresh* refresh = nullptr;
  freshet_hits* hits = nullptr;
  freshet_document* document = nullptr;
  freshet_reader* reader = nullptr;
  freshet_policy* policy = nullptr;
  char* text = nullptr;
  REQUIRE_OK(freshet_reader_new(nullptr, &reader, out_error));
  REQUIRE_OK(freshet_policy_always(&policy, out_error));
  is("refresh_run",
     freshet_refresh_run(repository, site.config().c_str(), nullptr, call, &refresh, nullptr));
  is("query_run", freshet_query_run(repository, "rivers", nullptr, call, &hits, nullptr));
  is("store_verify", freshet_store_verify(repository, nullptr, call, &text, nullptr));
  is("store_repair", freshet_store_repair(repository, call, &text, nullptr));
  is("store_reset", freshet_store_reset(repository, call, nullptr));
  is("repository_check", freshet_repository_check(repository, call, &text, nullptr));
  const std::string copy = site.store.folder.path("copy");
  is("repository_backup", freshet_repository_backup(repository, copy.c_str(), call, nullptr));
  is("reader_read_url",
     freshet_reader_read_url(reader, repository, "http://127.0.0.1:9/", call, &document, nullptr));
  is("reader_read_directory",
     freshet_reader_read_directory(reader, site.store.folder.path("site").c_str(), nullptr, nullptr,
                                   nullptr, call, &text, nullptr));
  is("policy_ingest_if_needed",
     freshet_policy_ingest_if_needed(policy, repository, reader, site.path(0).c_str(), call,
                                     &document, nullptr));
  is("plugins_check", freshet_plugins_check("/no/such", nullptr, call, &text, nullptr));
  CHECK(refresh == nullptr);
  CHECK(hits == nullptr);
  CHECK(document == nullptr);
  CHECK(text == nullptr);
  CHECK_FALSE(std::filesystem::exists(copy));
  freshet_reader_free(reader);
  freshet_policy_free(policy);
}

void cancel_at_the_first_root(void* payload, const freshet_event* event) {
  if (event->kind == FRESHET_EVENT_ROOT_DONE)
    freshet_cancel_request(static_cast<freshet_cancel*>(payload), nullptr);
}

}  // namespace

TEST_CASE("a call that is to stop already does not begin") {
  Site site;
  site.run();
  Stop stop;
  stop.request();
  each_returns(FRESHET_E_CANCELLED, site, &stop.call);
  freshet_call_options call = FRESHET_CALL_OPTIONS_INIT;
  call.timeout_ms = 0;
  each_returns(FRESHET_E_TIMEOUT, site, &call);
  each_returns(FRESHET_E_MISUSE, site, [] {
    static freshet_call_options without_size{};
    return &without_size;
  }());
  site.check();  // the reset was not made either
}

TEST_CASE("a cancel that was freed, or is none, is misuse") {
  Site site;
  Stop stop;
  freshet_cancel_free(stop.cancel);
  each_returns(FRESHET_E_MISUSE, site, &stop.call);
  Failure failure;
  CHECK(freshet_cancel_request(stop.cancel, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "cancel");
}

TEST_CASE("a run is stopped by a cancel from its events, and the next one goes on") {
  Site site(200);
  Stop stop;
  stop.call.on_event = cancel_at_the_first_root;
  stop.call.payload = stop.cancel;
  freshet_refresh* refresh = nullptr;
  Failure failure;
  CHECK(freshet_refresh_run(site.store.repository, site.config({{"jobs", 1}}).c_str(), nullptr,
                            &stop.call, &refresh, failure.out()) == FRESHET_E_CANCELLED);
  CHECK(refresh == nullptr);
  site.run();
  CHECK(site.store.info().documents == 200);
  site.check();
}

TEST_CASE("a run whose time is up ends, and its last event says so") {
  Site site(3);
  freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
  functions.decide = [](void*, const freshet_known*, std::int64_t,
                        freshet_decision* out) -> freshet_status {
    const auto until = SteadyClock::now() + std::chrono::milliseconds(60);
    while (SteadyClock::now() < until) std::this_thread::yield();
    out->refresh = 1;
    return FRESHET_OK;
  };
  freshet_policy* slow = nullptr;
  REQUIRE_OK(freshet_policy_custom(&functions, &slow, out_error));
  freshet_call_options call = FRESHET_CALL_OPTIONS_INIT;
  call.timeout_ms = 30;
  freshet_refresh* refresh = nullptr;
  Failure failure;
  CHECK(freshet_refresh_run(site.store.repository, site.config().c_str(), slow, &call, &refresh,
                            failure.out()) == FRESHET_E_TIMEOUT);
  CHECK(failure.message() == "did not end within 30 ms");
  REQUIRE_OK(freshet_refresh_start(site.store.repository, site.config().c_str(), slow, &call,
                                   &refresh, out_error));
  freshet_status last = FRESHET_OK;
  for (;;) {
    freshet_event event = FRESHET_EVENT_INIT;
    REQUIRE_OK(freshet_refresh_next_event(refresh, -1, &event, out_error));
    if (event.kind == FRESHET_EVENT_NONE) break;
    last = event.status;
  }
  CHECK(last == FRESHET_E_TIMEOUT);
  REQUIRE_OK(freshet_refresh_wait(refresh, -1, out_error));
  CHECK(Site::report_of(refresh)["cancelled"] == true);
  freshet_refresh_free(refresh);
  freshet_policy_free(slow);
}

TEST_CASE("reading a URL that never answers ends with the time limit, and with a cancel") {
  Silent server;
  Site site(1);
  freshet_reader* reader = nullptr;
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_reader_new(nullptr, &reader, out_error));
  freshet_call_options call = FRESHET_CALL_OPTIONS_INIT;
  call.timeout_ms = 50;
  const auto begun = SteadyClock::now();
  CHECK(freshet_reader_read_url(reader, site.store.repository, server.url().c_str(), &call,
                                &document, nullptr) == FRESHET_E_TIMEOUT);
  Stop stop;
  freshet_status requested = FRESHET_E_INTERNAL;  // Catch takes assertions of one thread alone
  std::thread other([&] { requested = freshet_cancel_request(stop.cancel, nullptr); });
  CHECK(freshet_reader_read_url(reader, site.store.repository, server.url().c_str(), &stop.call,
                                &document, nullptr) == FRESHET_E_CANCELLED);
  other.join();
  CHECK(requested == FRESHET_OK);
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_always(&policy, out_error));
  CHECK(freshet_policy_ingest_if_needed(policy, site.store.repository, reader, server.url().c_str(),
                                        &call, &document, nullptr) == FRESHET_E_TIMEOUT);
  CHECK_FALSE(site.store.exists(server.url()));
  CHECK(SteadyClock::now() - begun < std::chrono::seconds(10));
  freshet_policy_free(policy);
  freshet_reader_free(reader);
}

TEST_CASE("reading a folder is stopped between two files") {
  Site site(20);
  freshet_reader* reader = nullptr;
  REQUIRE_OK(freshet_reader_new(nullptr, &reader, out_error));
  Stop stop;
  static int seen = 0;
  seen = 0;
  const auto on_document = [](void* payload, const freshet_document*) -> freshet_status {
    ++seen;
    return freshet_cancel_request(static_cast<freshet_cancel*>(payload), nullptr);
  };
  char* report = nullptr;
  CHECK(freshet_reader_read_directory(reader, site.store.folder.path("site").c_str(), nullptr,
                                      on_document, stop.cancel, &stop.call, &report,
                                      nullptr) == FRESHET_E_CANCELLED);
  CHECK(seen == 1);
  CHECK(report == nullptr);
  freshet_reader_free(reader);
}

TEST_CASE("the check of a plugin that hangs is stopped, and its processes with it") {
  freshet_call_options call = FRESHET_CALL_OPTIONS_INIT;
  call.timeout_ms = 100;
  char* json = nullptr;
  const std::string hangs =
      testing::build_path("fixtures/constructor_hangs/constructor_hangs.plugin.json");
  const auto begun = SteadyClock::now();
  CHECK(freshet_plugins_check(hangs.c_str(), nullptr, &call, &json, nullptr) == FRESHET_E_TIMEOUT);
  CHECK(json == nullptr);
  CHECK(SteadyClock::now() - begun < std::chrono::seconds(10));
}

TEST_CASE("a call that somebody listens to does its work all the same") {
  Site site;
  site.run();
  freshet_call_options call = FRESHET_CALL_OPTIONS_INIT;
  call.timeout_ms = INT64_MAX;
  call.on_event = [](void*, const freshet_event*) {};
  freshet_hits* hits = nullptr;
  REQUIRE_OK(freshet_query_run(site.store.repository, "rivers", nullptr, &call, &hits, out_error));
  CHECK(freshet_hits_count(hits) == 3);
  freshet_hits_free(hits);
  char* json = nullptr;
  REQUIRE_OK(freshet_store_verify(site.store.repository, nullptr, &call, &json, out_error));
  CHECK(Json::parse(take(json))["in_step"] == true);
}

}  // namespace freshet::capi_test
