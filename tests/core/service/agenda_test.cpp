#include "core/service/agenda.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <queue>

#include "tests/support/catch.hpp"

namespace freshet::service {
namespace {

using namespace std::chrono_literals;
using policy::Timetable;

constexpr Instant start{1'800'000'000'000};

// Time that a test moves; both clocks at once, but where the wall's jumps.
struct World {
  Instant now = start;
  Millis ticks{5'000'000};
  void pass(Millis time) {
    now = now + time;
    ticks += time;
  }
  void jump(Millis by) { now = now + by; }
};

Agenda agenda(std::vector<Millis> intervals, AgendaOptions options = {}) {
  std::vector<Duty> duties;
  for (const Millis each : intervals)
    duties.push_back({"source " + std::to_string(duties.size()), Timetable::every(each)});
  return Agenda(std::move(duties), options);
}

Ended listed_well() {
  Ended how;
  how.listed = true;
  return how;
}

}  // namespace

TEST_CASE("a source that was never listed begins at once, and then by its timetable", "[agenda]") {
  World world;
  Agenda plan = agenda({6h});
  CHECK(plan.wait(world.now, world.ticks) == 0ms);
  auto starts = plan.take(world.now, world.ticks);
  REQUIRE(starts.size() == 1);
  CHECK(starts[0].lists);
  CHECK(plan.take(world.now, world.ticks).empty());  // never beside itself
  world.pass(10min);
  CHECK(plan.take(world.now, world.ticks).empty());
  plan.learn(0, {start});
  plan.ended(starts[0], listed_well(), world.now, world.ticks);
  CHECK(plan.wait(world.now, world.ticks) == 6h - 10min);
  world.pass(6h - 10min - 1ms);
  CHECK(plan.take(world.now, world.ticks).empty());
  world.pass(1ms);
  CHECK(plan.take(world.now, world.ticks).size() == 1);
}

TEST_CASE("a due root begins a run without a listing, at its time", "[agenda]") {
  World world;
  Agenda plan = agenda({6h});
  plan.learn(0, {start, {}, start + 1h});
  CHECK(plan.wait(world.now, world.ticks) == 1h);
  world.pass(1h);
  const auto starts = plan.take(world.now, world.ticks);
  REQUIRE(starts.size() == 1);
  CHECK_FALSE(starts[0].lists);
  CHECK(starts[0].since == start + 1h);
  plan.learn(0, {start, {}, world.now});  // another is due already: after a rest
  plan.ended(starts[0], {}, world.now, world.ticks);
  CHECK(plan.take(world.now, world.ticks).empty());
  CHECK(plan.wait(world.now, world.ticks) == AgendaOptions().rest);
  world.pass(AgendaOptions().rest);
  CHECK(plan.take(world.now, world.ticks).size() == 1);
}

TEST_CASE("with one worker sources go one after the other, the longest due first", "[agenda]") {
  World world;
  AgendaOptions one;
  one.workers = 1;
  Agenda plan = agenda({6h, 6h, 6h}, one);
  plan.learn(0, {start + -7h});
  plan.learn(1, {start + -9h});
  plan.learn(2, {start + -8h});
  std::vector<std::size_t> order;
  for (int i = 0; i < 3; ++i) {
    CHECK(plan.waiting(world.now, world.ticks) == 3u - static_cast<unsigned>(i));
    const auto starts = plan.take(world.now, world.ticks);
    REQUIRE(starts.size() == 1);
    order.push_back(*starts[0].source);
    CHECK(plan.take(world.now, world.ticks).empty());
    plan.learn(*starts[0].source, {world.now});
    plan.ended(starts[0], listed_well(), world.now, world.ticks);
  }
  CHECK(order == std::vector<std::size_t>{1, 2, 0});
}

TEST_CASE("a listing that fails is tried again later each time, its due roots are not",
          "[agenda]") {
  World world;
  Agenda plan = agenda({6h});
  Ended failed = listed_well();
  failed.failed = true;
  std::vector<Millis> waits;
  for (int i = 0; i < 9; ++i) {
    const auto starts = plan.take(world.now, world.ticks);
    REQUIRE(starts.size() == 1);
    plan.ended(starts[0], failed, world.now, world.ticks);
    waits.push_back(plan.wait(world.now, world.ticks));
    world.pass(waits.back());
  }
  CHECK(waits == std::vector<Millis>{1min, 2min, 4min, 8min, 16min, 32min, 1h, 1h, 1h});
  const auto starts = plan.take(world.now, world.ticks);
  plan.learn(0, {{}, {}, world.now});
  plan.ended(starts.at(0), failed, world.now, world.ticks);
  world.pass(1s);
  const auto due = plan.take(world.now, world.ticks);
  REQUIRE(due.size() == 1);
  CHECK_FALSE(due[0].lists);
  Ended patient = failed;
  patient.patience = 3h;
  plan.learn(0, {});
  plan.ended(due[0], patient, world.now, world.ticks);
  CHECK(plan.wait(world.now, world.ticks) == 3h);
}

TEST_CASE("a failure of before a restart is still waited for", "[agenda]") {
  World world;
  Agenda plan = agenda({6h});
  plan.learn(0, {{}, start + 40min});
  CHECK(plan.wait(world.now, world.ticks) == 40min);
  plan.learn(0, {{}, start + 9 * 24h});  // what a clock that was ahead may have left
  CHECK(plan.wait(world.now, world.ticks) == 0ms);
}

TEST_CASE("what somebody asks for begins at once, also while it runs, then after it", "[agenda]") {
  World world;
  Agenda plan = agenda({6h});
  plan.learn(0, {start});
  CHECK(plan.take(world.now, world.ticks).empty());
  plan.ask(0);
  const auto first = plan.take(world.now, world.ticks);
  REQUIRE(first.size() == 1);
  CHECK(first[0].lists);
  plan.ask(0);
  CHECK(plan.take(world.now, world.ticks).empty());
  plan.ended(first[0], listed_well(), world.now, world.ticks);
  world.pass(1s);
  CHECK(plan.take(world.now, world.ticks).size() == 1);
}

TEST_CASE("what another has in work is looked for again after a while", "[agenda]") {
  World world;
  Agenda plan = agenda({6h});
  plan.learn(0, {start, {}, start});
  const auto starts = plan.take(world.now, world.ticks);
  plan.learn(0, {start});
  Ended partly;
  partly.partly = true;
  plan.ended(starts.at(0), partly, world.now, world.ticks);
  CHECK(plan.wait(world.now, world.ticks) == 30s);
  world.pass(30s);
  CHECK(plan.take(world.now, world.ticks).size() == 1);
}

TEST_CASE("a run in which nothing could be done leaves its source alone for longer", "[agenda]") {
  World world;
  Agenda plan = agenda({6h});
  plan.learn(0, {{}, {}, start});
  Ended nothing;
  nothing.nothing = true;
  plan.ended(plan.take(world.now, world.ticks).at(0), nothing, world.now, world.ticks);
  CHECK(plan.wait(world.now, world.ticks) == 1min);
  world.pass(1min);
  plan.ended(plan.take(world.now, world.ticks).at(0), nothing, world.now, world.ticks);
  CHECK(plan.wait(world.now, world.ticks) == 2min);
}

TEST_CASE("rows that the store did not take are delivered when nothing else runs", "[agenda]") {
  World world;
  Agenda plan = agenda({6h});
  plan.learn(0, {start});
  plan.learn_pending(7);
  std::vector<Millis> waits;
  for (int i = 0; i < 4; ++i) {
    const auto starts = plan.take(world.now, world.ticks);
    REQUIRE(starts.size() == 1);
    CHECK_FALSE(starts[0].source);
    CHECK(plan.take(world.now, world.ticks).empty());
    plan.ended(starts[0], {}, world.now, world.ticks);
    waits.push_back(plan.wait(world.now, world.ticks));
    world.pass(waits.back());
  }
  CHECK(waits == std::vector<Millis>{1min, 2min, 4min, 8min});
  plan.learn_pending(0);
  CHECK(plan.take(world.now, world.ticks).empty());
}

TEST_CASE("the wall clock jumps, and each source is run once more at most", "[agenda][clock]") {
  const auto runs_after = [](Millis jump) {
    World world;
    Agenda plan = agenda({6h, 1h});
    for (std::size_t i = 0; i < 2; ++i) plan.learn(i, {start});
    world.pass(30min);
    world.jump(jump);
    std::size_t runs = 0;
    for (int minute = 0; minute < 50; ++minute, world.pass(1min))
      for (const Start& each : plan.take(world.now, world.ticks)) {
        ++runs;
        plan.learn(*each.source, {world.now});
        plan.ended(each, listed_well(), world.now, world.ticks);
      }
    return runs;
  };
  CHECK(runs_after(0ms) == 1);
  CHECK(runs_after(10 * 365 * 24h) == 2);
  CHECK(runs_after(-10 * 365 * 24h) == 2);
  CHECK(runs_after(-31min) == 2);
  CHECK(runs_after(2h) == 1);
}

TEST_CASE("listings are spread by a jitter that stays the same for the same listing", "[agenda]") {
  AgendaOptions options;
  options.jitter = 10min;
  options.seed = 42;
  Agenda plan = agenda(std::vector<Millis>(100, 6h), options);
  std::map<std::int64_t, int> seen;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    plan.learn(i, {start});
    const Instant next = plan.next_listing(i, start);
    CHECK(next >= start + 6h);
    CHECK(next < start + 6h + 10min);
    CHECK(next == plan.next_listing(i, start + 1h));
    ++seen[(next - start).count() / 60'000];
  }
  CHECK(seen.size() == 10);
  options.seed = 43;
  Agenda other = agenda(std::vector<Millis>(100, 6h), options);
  other.learn(0, {start});
  CHECK(other.next_listing(0, start) != plan.next_listing(0, start));
}

// Roots with a TTL each, and runs that take no time: 30 days in which each has to be refreshed as often
// as its TTL fits, and never early.
TEST_CASE("who is in a hurry waits for no rest") {
  World world;
  Agenda one = agenda({6h});
  one.ended(one.take(world.now, world.ticks).front(), listed_well(), world.now, world.ticks);
  one.ask(0);
  CHECK(one.take(world.now, world.ticks).empty());
  one.hurry(0, world.ticks);
  CHECK(one.take(world.now, world.ticks).size() == 1);
  one.hurry(0, world.ticks);
  CHECK(one.take(world.now, world.ticks).empty());  // never beside itself
}

TEST_CASE("30 days of a virtual clock: every root as often as its TTL says", "[agenda][month]") {
  constexpr std::size_t sources = 20;
  const char* const given = std::getenv("FRESHET_ROOTS");  // a million takes a minute
  const std::size_t roots = given != nullptr ? std::strtoul(given, nullptr, 10) : 5'000;
  constexpr Millis month = 30 * 24h + 1h;
  World world;
  AgendaOptions options;
  options.rest = 0ms;
  options.workers = sources;
  Agenda plan = agenda(std::vector<Millis>(sources, 24h), options);
  using Due = std::pair<std::int64_t, std::size_t>;
  std::vector<std::priority_queue<Due, std::vector<Due>, std::greater<>>> index(sources);
  std::vector<Millis> ttl(roots);
  std::vector<std::uint64_t> refreshed(roots), listings(sources);
  for (std::size_t i = 0; i < roots; ++i) {
    ttl[i] = Millis(3'600'000LL * static_cast<std::int64_t>(6 + i % 200));
    index[i % sources].emplace(start.ms + static_cast<std::int64_t>(i), i);
  }
  const auto learn = [&](std::size_t source, Instant listed) {
    plan.learn(source, {listed, {}, {index[source].top().first}});
  };
  std::vector<Instant> listed(sources, start);
  for (std::size_t i = 0; i < sources; ++i) learn(i, start);
  std::uint64_t looks = 0;
  Millis latest{0};
  while (world.now < start + month) {
    ++looks;
    for (const Start& each : plan.take(world.now, world.ticks)) {
      const std::size_t source = *each.source;
      latest = std::max(latest, world.now - each.since);
      auto& due = index[source];
      while (due.top().first <= world.now.ms) {
        const std::size_t root = due.top().second;
        due.pop();
        ++refreshed[root];
        due.emplace((world.now + ttl[root]).ms, root);
      }
      if (each.lists) {
        listed[source] = world.now;
        ++listings[source];
      }
      learn(source, listed[source]);
      Ended how;
      how.listed = each.lists;
      plan.ended(each, how, world.now, world.ticks);
    }
    world.pass(std::max(Millis(1), plan.wait(world.now, world.ticks)));
  }
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < roots; ++i) {
    const auto fits = static_cast<std::uint64_t>(
        (month.count() - static_cast<std::int64_t>(i) - 1) / ttl[i].count());
    all += refreshed[i];
    if (refreshed[i] != 1 + fits)
      FAIL("root " << i << ": " << refreshed[i] << ", not " << 1 + fits);
  }
  CHECK(listings == std::vector<std::uint64_t>(sources, 30));
  CHECK(latest <= 1ms);
  WARN(all << " refreshes and " << sources * 30 << " listings in " << looks << " looks");
}

}  // namespace freshet::service
