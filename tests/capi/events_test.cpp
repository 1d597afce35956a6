// What a run tells: progress from the first part of a listing on, errors with their code, and its
// own end, always and last.
#include <fcntl.h>
#include <poll.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

struct Told {
  std::int32_t kind = 0, attempts = 0;
  freshet_status status = FRESHET_OK;
  std::uint64_t done = 0, total = 0;
  std::int64_t retry_after_ms = 0;
  std::string uri, message, subject;
};

std::vector<Told> events_of(freshet_refresh* refresh) {
  std::vector<Told> all;
  for (;;) {
    freshet_event event = FRESHET_EVENT_INIT;
    REQUIRE_OK(freshet_refresh_next_event(refresh, -1, &event, out_error));
    if (event.kind == FRESHET_EVENT_NONE) return all;
    all.push_back({event.kind, event.attempts, event.status, event.done, event.total,
                   event.retry_after_ms, event.uri, event.message, event.subject});
  }
}

const Told* first(const std::vector<Told>& events, std::int32_t kind) {
  for (const Told& event : events)
    if (event.kind == kind) return &event;
  return nullptr;
}

}  // namespace

TEST_CASE("progress knows how many roots there are before the first of them is done") {
  Site site(20);
  freshet_refresh* refresh = site.start();
  const std::vector<Told> events = events_of(refresh);
  const Told* progress = first(events, FRESHET_EVENT_PROGRESS);
  REQUIRE(progress != nullptr);
  CHECK(progress < first(events, FRESHET_EVENT_ROOT_DONE));
  CHECK(progress->total == 20);
  const Told* ended = first(events, FRESHET_EVENT_LISTING_ENDED);
  REQUIRE(ended != nullptr);
  bool follows = false;
  for (const Told* after = ended; after <= &events.back(); ++after)
    follows |= after->kind == FRESHET_EVENT_PROGRESS && after->total == 20;
  CHECK(follows);
  freshet_refresh_free(refresh);
}

TEST_CASE("the counts of a run that goes on know how many roots are listed") {
  Site site(20);
  freshet_refresh* refresh = site.start();
  for (;;) {
    freshet_event event = FRESHET_EVENT_INIT;
    REQUIRE_OK(freshet_refresh_next_event(refresh, -1, &event, out_error));
    if (event.kind == FRESHET_EVENT_ROOT_DONE) break;
  }
  freshet_refresh_counts counts = FRESHET_REFRESH_COUNTS_INIT;
  REQUIRE_OK(freshet_refresh_counts_get(refresh, &counts, out_error));
  CHECK(counts.listed == 20);
  freshet_refresh_free(refresh);
}

TEST_CASE("a root that failed is told with the code and the subject of its error") {
  Site site(1, with_fixtures);
  freshet_refresh* refresh = site.start({{"embedder", "throws"}});
  const std::vector<Told> events = events_of(refresh);
  const Told* done = first(events, FRESHET_EVENT_ROOT_DONE);
  REQUIRE(done != nullptr);
  CHECK(done->status == FRESHET_E_PLUGIN);
  CHECK_FALSE(done->message.empty());
  CHECK(done->attempts == 1);
  CHECK(done->retry_after_ms == -1);
  CHECK(events.back().status == FRESHET_OK);
  freshet_refresh_free(refresh);
}

TEST_CASE("a listing that failed is told with the code of its error") {
  Site site(1);
  Json source = site.source();
  source["options"]["path"] = site.store.folder.path("no-such-folder");
  freshet_refresh* refresh = site.start({{"sources", {source}}});
  const std::vector<Told> events = events_of(refresh);
  const Told* ended = first(events, FRESHET_EVENT_LISTING_ENDED);
  REQUIRE(ended != nullptr);
  CHECK(ended->status != FRESHET_OK);
  CHECK_FALSE(ended->message.empty());
  freshet_refresh_free(refresh);
}

TEST_CASE("a run that can do nothing ends with an event that says why") {
  Site site(1, with_fixtures);
  site.run();
  freshet_refresh* refresh = site.start({{"embedder", "good"}});  // another than before: held
  const std::vector<Told> events = events_of(refresh);
  REQUIRE_FALSE(events.empty());
  CHECK(events.back().kind == FRESHET_EVENT_RUN_ENDED);
  CHECK(events.back().status == FRESHET_E_HELD);
  CHECK(events.back().subject == "namespace default");
  CHECK(events.back().message.find("rebuild") != std::string::npos);
  freshet_refresh_free(refresh);
}

TEST_CASE("a run that was cancelled ends with an event that says so") {
  Site site(20);
  freshet_refresh* refresh = site.start();
  REQUIRE_OK(freshet_refresh_cancel(refresh, out_error));
  const std::vector<Told> events = events_of(refresh);
  REQUIRE_FALSE(events.empty());
  CHECK(events.back().kind == FRESHET_EVENT_RUN_ENDED);
  CHECK(events.back().status == FRESHET_E_CANCELLED);
  freshet_refresh_free(refresh);
}

namespace {

bool is_readable(int descriptor, int timeout_ms) {
  pollfd one{descriptor, POLLIN, 0};
  return ::poll(&one, 1, timeout_ms) == 1 && one.revents == POLLIN;
}

int descriptor_of(freshet_refresh* refresh) {
  std::int32_t descriptor = -2;
  REQUIRE_OK(freshet_refresh_event_fd(refresh, &descriptor, out_error));
  return descriptor;
}

}  // namespace

TEST_CASE("a loop that waits with poll alone sees every event, and the end") {
  Site site(20);
  freshet_refresh* refresh = site.start();
  const int descriptor = descriptor_of(refresh);
  CHECK(descriptor_of(refresh) == descriptor);
  int roots = 0;
  for (bool ended = false; !ended;) {
    REQUIRE(is_readable(descriptor, 60'000));
    freshet_status status = FRESHET_OK;
    while (!ended) {
      freshet_event event = FRESHET_EVENT_INIT;
      status = freshet_refresh_next_event(refresh, 0, &event, nullptr);
      if (status != FRESHET_OK) break;
      roots += event.kind == FRESHET_EVENT_ROOT_DONE;
      ended = event.kind == FRESHET_EVENT_NONE;
    }
    if (!ended) CHECK(status == FRESHET_E_TIMEOUT);
  }
  CHECK(roots == 20);
  CHECK(is_readable(descriptor, 0));  // for good
  freshet_refresh_free(refresh);
  CHECK(::fcntl(descriptor, F_GETFD) == -1);
}

TEST_CASE("the descriptor of events is not readable while none waits") {
  Site site(1);
  std::atomic<bool> go_on{false}, asked{false};
  struct Gate {
    std::atomic<bool>&go_on, &asked;
  } gate{go_on, asked};
  freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
  functions.payload = &gate;
  functions.decide = [](void* payload, const freshet_known*, std::int64_t,
                        freshet_decision* out) -> freshet_status {
    auto& given = *static_cast<Gate*>(payload);
    given.asked = true;
    while (!given.go_on) std::this_thread::yield();
    out->refresh = 1;
    return FRESHET_OK;
  };
  freshet_policy* policy = nullptr;
  REQUIRE_OK(freshet_policy_custom(&functions, &policy, out_error));
  freshet_refresh* refresh = nullptr;
  REQUIRE_OK(freshet_refresh_start(site.store.repository, site.config().c_str(), policy, nullptr,
                                   &refresh, out_error));
  while (!asked) std::this_thread::yield();  // nothing is told until the policy has answered
  const int descriptor = descriptor_of(refresh);
  CHECK(is_readable(descriptor, 0));
  freshet_event event = FRESHET_EVENT_INIT;
  while (freshet_refresh_next_event(refresh, 0, &event, nullptr) == FRESHET_OK) {
  }
  CHECK_FALSE(is_readable(descriptor, 0));
  go_on = true;
  CHECK(is_readable(descriptor, 60'000));
  freshet_refresh_free(refresh);
  freshet_policy_free(policy);
}

TEST_CASE("a run whose events go to a callback has no descriptor for them") {
  Site site(1);
  freshet_call_options call = FRESHET_CALL_OPTIONS_INIT;
  call.on_event = [](void*, const freshet_event*) {};
  freshet_refresh* refresh = site.start(Json::object(), &call);
  std::int32_t descriptor = 0;
  CHECK(freshet_refresh_event_fd(refresh, &descriptor, nullptr) == FRESHET_E_MISUSE);
  CHECK(descriptor == -1);
  freshet_refresh_free(refresh);
}

TEST_CASE("the roots of a report come one by one, as the report has them") {
  Site site(300, with_fixtures);  // more than one read of the file
  site.write(7, "This is poison.");
  freshet_refresh* refresh = site.start({{"embedder", "poisoned"}});
  freshet_root_result root = FRESHET_ROOT_RESULT_INIT;
  const freshet_status early = freshet_refresh_next_root(refresh, &root, nullptr);
  CHECK((early == FRESHET_E_BUSY || early == FRESHET_OK));
  REQUIRE_OK(freshet_refresh_wait(refresh, -1, out_error));
  const Json report = Site::report_of(refresh);
  std::size_t seen = early == FRESHET_OK ? 1 : 0;
  int failed = 0;
  for (;; ++seen) {
    REQUIRE_OK(freshet_refresh_next_root(refresh, &root, out_error));
    if (root.outcome == 0) break;
    REQUIRE(seen < report["roots"].size());
    const Json& told = report["roots"][seen];
    CHECK(told["uri"] == root.uri);
    CHECK(told["outcome"] == freshet_outcome_name(root.outcome));
    CHECK(told["reason"] == root.reason);
    CHECK(told["attempts"] == root.attempts);
    if (root.outcome != FRESHET_OUTCOME_FAILED) continue;
    ++failed;
    CHECK(told["error"]["code"] == freshet_status_name(root.status));
    CHECK(told["error"]["message"] == root.message);
    CHECK(root.retry_after_ms == -1);
  }
  CHECK(seen == 300);
  CHECK(failed == 1);
  CHECK(root.uri == std::string());
  REQUIRE_OK(freshet_refresh_next_root(refresh, &root, out_error));  // again and again
  CHECK(root.outcome == 0);
  root.struct_size = 0;
  CHECK(freshet_refresh_next_root(refresh, &root, nullptr) == FRESHET_E_MISUSE);
  freshet_refresh_free(refresh);
}

}  // namespace freshet::capi_test
