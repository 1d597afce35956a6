// What a run tells: progress from the first part of a listing on, errors with their code, and its
// own end, always and last.
#include <vector>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

const char* const with_fixtures =
    R"({"plugin_directories":[")" FRESHET_BUILD_DIR R"(/fixtures/faulty"]})";

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

}  // namespace freshet::capi_test
