// The account while a run goes on: what is counted, and told.
#include "core/sync/ledger.hpp"

#include "core/base/thread.hpp"
#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

struct Account {
  explicit Account(std::function<void(const Event&)> also = {})
      : ledger(
            clock,
            [this, also](Event event) {
              if (also) also(event);
              events.push_back(std::move(event));
            },
            *RootLog::make(folder / "")) {}
  std::vector<EventKind> kinds() const {
    std::vector<EventKind> all;
    for (const Event& event : events) all.push_back(event.kind);
    return all;
  }

  tests::Folder folder;
  tests::SetClock clock;
  std::vector<Event> events;
  Ledger ledger;
};

using Member = std::uint64_t Counts::*;

}  // namespace

TEST_CASE("each outcome is counted under its name, and told with how far the run is") {
  const std::pair<Outcome, Member> all[] = {
      {Outcome::refreshed, &Counts::refreshed}, {Outcome::unchanged, &Counts::unchanged},
      {Outcome::skipped, &Counts::skipped},     {Outcome::removed, &Counts::removed},
      {Outcome::busy, &Counts::busy},           {Outcome::failed, &Counts::failed},
      {Outcome::excluded, &Counts::excluded}};
  for (const auto& [outcome, count] : all) {
    INFO(outcome_name(outcome));
    Account setup;
    setup.ledger.listed(3);
    setup.ledger.root_done("a", "u:1", outcome, "because", 2);
    Counts counts = setup.ledger.counts();
    CHECK(counts.*count == 1);
    counts.*count = 0;
    for (const auto& [_, other] : all) CHECK(counts.*other == 0);
    const Event& event = setup.events.back();
    CHECK(event.kind == EventKind::root_done);
    CHECK(event.outcome == outcome);
    CHECK(event.source == "a");
    CHECK(event.uri == "u:1");
    CHECK(event.reason == "because");
    CHECK(event.attempts == 2);
    CHECK(event.total == 3);
    CHECK(event.done == (outcome == Outcome::removed ? event.done : 1));
    CHECK(event.at == setup.clock.now());
    CHECK(event.status == base::Code::ok);
  }
}

TEST_CASE("an outcome with an error tells it, and its hint") {
  Account setup;
  base::Error error = base::make_error(base::Code::rate_limited, "not now", "u:1");
  error.retry_after_ms = 1500;
  setup.ledger.root_done("a", "u:1", Outcome::failed, "", 1, &error);
  const Event& event = setup.events.back();
  CHECK(event.status == base::Code::rate_limited);
  CHECK(event.retry_after_ms == 1500);
  CHECK(event.subject == "u:1");
  CHECK(event.message.find("not now") != std::string::npos);
}

TEST_CASE("what is skipped or listed by the hundred is one event, and nothing is none") {
  Account setup;
  setup.ledger.listed(0);
  setup.ledger.skipped(0);
  CHECK(setup.events.empty());
  setup.ledger.listed(500);
  setup.ledger.skipped(200);
  CHECK(setup.kinds() == std::vector<EventKind>{EventKind::progress, EventKind::progress});
  CHECK(setup.events.back().done == 200);
  CHECK(setup.events.back().total == 500);
}

TEST_CASE("what is added is added to what was there, and outcomes are not among it") {
  Account setup;
  Counts more;
  more.held = 1;
  more.chunks_added = 2;
  more.embedded_tokens = 3;
  more.upserts = 4;
  more.refreshed = 100;  // counted when the root is done
  setup.ledger.add(more);
  setup.ledger.add(more);
  const Counts counts = setup.ledger.counts();
  CHECK(counts.held == 2);
  CHECK(counts.chunks_added == 4);
  CHECK(counts.embedded_tokens == 6);
  CHECK(counts.upserts == 8);
  CHECK(counts.refreshed == 0);
}

TEST_CASE("an error of the run is kept, and told as a line of the log") {
  Account setup;
  setup.ledger.error(base::make_error(base::Code::remote, "the store is full", "fake"));
  REQUIRE(setup.ledger.errors().size() == 1);
  CHECK(setup.ledger.errors()[0].code == base::Code::remote);
  CHECK(setup.events.back().kind == EventKind::log);
  CHECK(setup.events.back().level == log_error);
  CHECK(setup.events.back().message.find("the store is full") != std::string::npos);
}

TEST_CASE(
    "a listener that throws costs the run nothing, and the account says that something is "
    "missing") {
  Account setup([](const Event&) { throw std::bad_alloc(); });
  setup.ledger.root_done("a", "u:1", Outcome::refreshed, "");
  CHECK(setup.ledger.counts().refreshed == 1);
  REQUIRE(setup.ledger.errors().size() == 1);
  CHECK(setup.ledger.errors()[0].code == base::Code::out_of_memory);
}

TEST_CASE("writes under way are waited for") {
  Account setup;
  setup.ledger.wait_for_writes();  // there is none
  setup.ledger.begin_write();
  setup.ledger.begin_write();
  bool ended = false;
  base::Thread writer;
  REQUIRE(writer.start("test-writer", [&] {
    setup.ledger.end_write();
    ended = true;
    setup.ledger.end_write();
  }));
  setup.ledger.wait_for_writes();
  CHECK(ended);
  writer.join();
}

TEST_CASE("events come one at a time") {
  std::atomic<int> inside = 0, most = 0;
  Account setup([&](const Event&) {
    most = std::max(most.load(), ++inside);
    std::this_thread::yield();
    --inside;
  });
  base::Thread threads[3];
  for (base::Thread& thread : threads)
    REQUIRE(thread.start("test-teller", [&] {
      for (int i = 0; i < 50; ++i) setup.ledger.log(1, "a line");
    }));
  for (base::Thread& thread : threads) thread.join();
  CHECK(most == 1);
  CHECK(setup.events.size() == 150);
}

}  // namespace freshet::sync
