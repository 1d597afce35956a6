// The adaptive policy in whole runs, over months of a clock that the test sets.
#include <cmath>
#include <cstdio>
#include <ctime>
#include <numeric>

#include "core/sync/explain.hpp"
#include "core/sync/learn.hpp"
#include "tests/core/sync/scripted.hpp"

namespace freshet::sync::months {
namespace {

using base::Instant;
using base::Millis;
using tests::Engine;
using tests::page;
using tests::uri_of;

constexpr Millis hour{3'600'000}, day = hour * 24;

Json adaptive(const char* budget, const char* most = "30d") {
  return {{"adaptive", {{"budget", budget}, {"max_staleness", most}, {"min_interval", "1h"}}}};
}

// Runs every six hours, and remembers what was asked for.
class Months {
 public:
  Months(int pages, Json policy) : engine(pages), policy_(std::move(policy)) {
    engine.run({{"policy", policy_}});
    for (int i = 0; i < pages; ++i) last_[uri_of(i)] = engine.clock.now();
  }
  // Returns how many requests the run made.
  std::size_t step() {
    engine.clock.now_ = engine.clock.now_ + hour * 5;
    const Report report = engine.run({{"policy", policy_}});
    CHECK(report.counts.failed + report.counts.busy == 0);
    CHECK(report.counts.skipped + report.counts.refreshed + report.counts.unchanged ==
          report.counts.listed);
    for (const std::string& line : engine.fetched()) {
      const std::string uri = line.substr(0, line.find(' '));
      const Instant now = engine.clock.now();
      longest = std::max(longest, now - last_[uri]);
      last_[uri] = now;
    }
    requests += engine.fetched().size();
    return engine.fetched().size();
  }
  void change(int number, int edition) {
    engine.a().pages[uri_of(number)] =
        page("Page " + std::to_string(number) + ", edition " + std::to_string(edition) + ".");
  }
  bool found(int number, int edition) {
    return engine.holds("Page " + std::to_string(number) + ", edition " + std::to_string(edition));
  }
  LearntSource learnt() {
    const auto snapshot = engine.repository->read();
    return *learnt_source(*snapshot, source());
  }
  base::Digest source() { return engine.repository->read()->sources()->front().id; }

  Engine engine;
  std::size_t requests = 0;
  Millis longest{0};  // between two requests for one page

 private:
  const Json policy_;
  std::map<std::string, Instant> last_;
};

}  // namespace

TEST_CASE(
    "adaptive: never more is asked for than was earned, and no page is left alone for longer "
    "than allowed") {
  Months months(30, adaptive("2/d"));
  for (int step = 1; step <= 4 * 120; ++step) {
    if (step % 40 == 0)
      for (int i = 0; i < 5; ++i) months.change(i, step);
    months.step();
    REQUIRE(static_cast<double>(months.requests) <= step * .5 + 1);
  }
  CHECK(months.requests > 120);
  CHECK(months.longest <= day * 30 + hour * 6);
  CHECK(months.longest > day * 7);
}

TEST_CASE("adaptive: no page is left alone for longer than allowed, whatever the budget") {
  Months months(10, adaptive("0.1/d", "5d"));
  for (int step = 0; step < 4 * 30; ++step) months.step();
  CHECK(months.longest <= day * 5 + hour * 6);
  CHECK(months.requests >= 10 * 5);  // that is, all of them, again and again
  CHECK(months.requests <= 10 * 7);
}

TEST_CASE("adaptive: what is saved is spent where a page has changed") {
  Months months(30, adaptive("30/d", "300d"));
  for (int step = 0; step < 4 * 60; ++step) months.step();
  const double saved = months.learnt().purse.saved();
  CHECK(saved >= 10);
  for (int i = 0; i < 30; ++i) months.change(i, 1);
  std::size_t most = 0;
  for (int step = 0; step < 3; ++step) most = std::max(most, months.step());
  int found = 0;
  for (int i = 0; i < 30; ++i) found += months.found(i, 1);
  CHECK(found >= 29);
  CHECK(most >= 20);  // in one run, where the budget is 7 or 8
}

TEST_CASE("adaptive: a page is learnt of in the commit that asks for it, and forgotten with it") {
  Months months(3, adaptive("3/d"));
  const base::Digest root = model::root_id(uri_of(0));
  const auto known = [&] {
    const auto snapshot = months.engine.repository->read();
    return *learnt_page(*snapshot, months.source(), root);
  };
  REQUIRE(known());
  CHECK(known()->found == 0);
  months.change(0, 1);
  for (int step = 0; step < 4 * 8; ++step) months.step();
  CHECK(known()->found == 1);
  CHECK(known()->expected > 0);
  months.engine.a().entries.erase(months.engine.a().entries.begin());
  months.step();
  months.step();
  CHECK_FALSE(known());
  CHECK(months.engine.repository->check()->problem_count == 0);
}

TEST_CASE("adaptive: a plan grants what a run asks for first, and changes nothing") {
  Months months(10, adaptive("1/d"));
  for (int step = 0; step < 4 * 5; ++step) months.step();
  const double saved = months.learnt().purse.saved();
  months.engine.clock.now_ = months.engine.clock.now_ + day * 5;
  const Report plan = months.engine.run({{"policy", adaptive("1/d")}, {"dry_run", true}});
  CHECK(plan.estimate.fetch > 0);
  CHECK(months.learnt().purse.saved() == saved);
}

TEST_CASE("adaptive: a trigger is answered beside it, and paid for") {
  Months months(5, {{"any", {"triggered", adaptive("1/d")}}});
  for (int step = 0; step < 4 * 8; ++step) months.step();
  months.engine.trigger(2);
  const double saved = months.learnt().purse.saved();
  months.step();
  const auto fetched = months.engine.fetched();
  CHECK(std::any_of(fetched.begin(), fetched.end(),
                    [](auto& line) { return line.starts_with(uri_of(2)); }));
  CHECK(months.learnt().purse.saved() < saved + .3 - .9);
}

TEST_CASE("adaptive: a clock that jumps does no harm") {
  Months months(10, adaptive("2/d"));
  for (int step = 0; step < 20; ++step) months.step();
  months.engine.clock.now_ = months.engine.clock.now_ + day * 3650;
  months.step();
  months.engine.clock.now_ = months.engine.clock.now_ + -(day * 3650);
  const std::size_t back = months.step();
  CHECK(back <= 10);  // each once, since its time lies in the future
  const std::size_t before = months.requests;
  for (int step = 0; step < 4 * 10; ++step) months.step();
  CHECK(months.requests - before <= 10 * 3 + 2 + 20);  // what may be saved, and ten days' budget
  CHECK(std::isfinite(months.learnt().purse.saved()));
}

namespace {

enum class Lastmod { none, honest, constant, build };

// A listing that says when its pages changed, as `lastmod` does or as they are told by versions.
void say_when(Months& months, const std::map<int, int>& editions, Lastmod lastmod, int builds) {
  auto& entries = months.engine.a().entries;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto found = editions.find(static_cast<int>(i));
    const int edition = found == editions.end() ? 0 : found->second;
    const std::int64_t day_of = lastmod == Lastmod::honest  ? edition
                                : lastmod == Lastmod::build ? builds
                                                            : 0;
    if (lastmod != Lastmod::none) entries[i].last_modified = Instant{1'000 + day_of};
  }
}

struct Told {
  std::size_t requests = 0;
  int stale = 0;  // changes that no run had found a day later
  Json signals;
};

// A change each other day for half a year, at a budget of one request a page and week.
Told tell(Lastmod lastmod) {
  Months months(60, adaptive("60/7d", "200d"));
  std::map<int, int> editions;
  int builds = 0;
  Told told;
  say_when(months, editions, lastmod, builds);
  for (int at = 1; at <= 180; ++at) {
    const int page = at * 7 % 60;
    if (at % 2 == 0) {
      months.change(page, ++editions[page]);
      ++builds;
      say_when(months, editions, lastmod, builds);
    }
    for (int step = 0; step < 4; ++step) months.step();
    if (at % 2 == 0) told.stale += months.found(page, editions[page]) ? 0 : 1;
  }
  told.requests = months.requests;
  const auto learnt = months.learnt().pages.signal(policy::Teller::times);
  told.signals = {
      {"trusted", learnt.covers()},
      {"heeded", learnt.is_heeded(policy::Hint::moved) || learnt.is_heeded(policy::Hint::stayed)},
      {"precision", learnt.precision()},
      {"recall", learnt.recall()}};
  return told;
}

}  // namespace

TEST_CASE("adaptive: an honest listing is trusted, and saves requests") {
  const Told none = tell(Lastmod::none), honest = tell(Lastmod::honest);
  CAPTURE(honest.signals.dump(), none.requests, honest.requests, none.stale, honest.stale);
  CHECK(honest.signals["trusted"] == true);
  CHECK(honest.signals["precision"] > .9);
  CHECK(honest.stale * 4 < none.stale);
  CHECK(honest.requests * 2 < none.requests);
}

TEST_CASE("adaptive: a listing that lies is ignored, and does no harm") {
  const Told none = tell(Lastmod::none);
  for (const Lastmod lie : {Lastmod::constant, Lastmod::build}) {
    const Told told = tell(lie);
    CAPTURE(int(lie), told.signals.dump(), none.stale, told.stale, none.requests, told.requests);
    if (lie == Lastmod::constant) CHECK(told.signals["heeded"] == false);
    CHECK(told.stale <= none.stale + 9);  // a tenth: what is asked first is another page
    CHECK(told.requests <= none.requests + 2);
  }
}

TEST_CASE("adaptive: what a listing's version vouches for is not asked for, and what it names is") {
  Months months(20, adaptive("20/d", "300d"));
  auto& entries = months.engine.a().entries;
  for (auto& entry : entries) entry.version = "1";
  for (int i = 0; i < 20; ++i) months.change(i, 1);
  months.step();  // each is looked at once, with the version that its listing has
  for (int step = 0; step < 4 * 10; ++step) months.step();
  const std::size_t before = months.requests;
  for (int step = 0; step < 4 * 10; ++step) months.step();
  CHECK(months.requests == before);
  months.change(7, 2);
  entries[7].version = "2";
  months.step();
  CHECK(months.found(7, 2));
  CHECK(months.requests == before + 1);
}

TEST_CASE("adaptive: what a listing said is remembered until the page is asked for") {
  Months months(10, adaptive("10/30d", "300d"));
  auto& entries = months.engine.a().entries;
  for (auto& entry : entries) entry.last_modified = Instant{1};
  months.step();
  entries[4].last_modified = Instant{2};
  months.step();
  for (auto& entry : entries) entry.last_modified.reset();  // nothing is said any more
  months.step();
  const auto snapshot = months.engine.repository->read();
  const auto page = *learnt_page(*snapshot, months.source(), model::root_id(uri_of(4)));
  REQUIRE(page);
  CHECK(page->heard().hint == policy::Hint::moved);
  CHECK((*learnt_page(*snapshot, months.source(), model::root_id(uri_of(5))))->heard().hint ==
        policy::Hint::stayed);
}

TEST_CASE("adaptive: the pages are judged once an hour at the most, and not with an empty purse") {
  Months months(10, adaptive("10/d"));
  for (int step = 0; step < 8; ++step) months.step();
  const Instant judged = months.learnt().judged;
  REQUIRE(judged != base::unset);
  months.engine.clock.now_ = months.engine.clock.now_ + -Millis(3'600'000 - 60'000);
  months.engine.run({{"policy", adaptive("10/d")}});  // a minute later
  CHECK(months.learnt().judged == judged);

  Months poor(10, adaptive("1/30d"));
  poor.step();
  CHECK(poor.learnt().judged == base::unset);
}

TEST_CASE("adaptive: a report tells how much is likely stale, beside what a TTL would leave") {
  Months months(30, adaptive("30/7d", "300d"));
  for (int step = 0; step < 4 * 60; ++step) {
    if (step % 8 == 0) months.change(step / 8 % 30, step);
    months.step();
  }
  months.engine.clock.now_ = months.engine.clock.now_ + day;
  const Report report = months.engine.run({{"policy", adaptive("30/7d", "300d")}});
  const SourceReport& source = report.sources.front();
  REQUIRE(source.stale);
  REQUIRE(source.stale_by_ttl);
  CHECK(*source.stale > 0);
  CHECK(*source.stale < 1);
  CHECK(*source.stale_by_ttl > 0);
  CHECK(*source.stale_by_ttl < 1);
}

namespace {

Json of_host(const char* budget, const char* host) {
  Json policy = adaptive(budget, "300d");
  policy["adaptive"]["budget_of"] = host;
  return policy;
}

// Two sources of so many pages each, by these policies.
Json two_sources(const Json& a, const Json& b) {
  const auto source = [](const char* name, const Json& policy) {
    return Json{{"loader", "script"},
                {"name", name},
                {"options", {{"name", name}}},
                {"list_every", "1s"},
                {"policy", policy}};
  };
  return {{"sources", {source("a", a), source("b", b)}}};
}

// Requests in so many days of two sources of 20 pages.
std::size_t requests_of(Engine& engine, const Json& config, int days) {
  for (int i = 20; i < 40; ++i) {
    engine.b().pages[uri_of(i)] = page("Page " + std::to_string(i) + ".");
    engine.b().entries.emplace_back().uri = uri_of(i);
  }
  engine.run(config);
  std::size_t requests = 0;
  for (int step = 0; step < 4 * days; ++step) {
    engine.clock.now_ = engine.clock.now_ + hour * 5;
    engine.run(config);
    requests += engine.fetched().size();
  }
  return requests;
}

}  // namespace

TEST_CASE("adaptive: sources that name one budget spend from one purse") {
  Engine shared(20), apart(20);
  const std::size_t together = requests_of(
      shared, two_sources(of_host("4/d", "docs.example"), of_host("4/d", "docs.example")), 40);
  const std::size_t each = requests_of(
      apart, two_sources(of_host("4/d", "docs.example"), of_host("4/d", "else.example")), 40);
  CAPTURE(together, each);
  CHECK(together <= 4 * 40 + 1);
  CHECK(together >= 4 * 40 - 3 * 40);
  CHECK(each > 4 * 40 + 1);

  Engine engine(3);
  const base::Error refused =
      engine.refused(two_sources(of_host("4/d", "docs.example"), of_host("5/d", "docs.example")));
  CHECK(refused.subject == "sources[1].policy");
  CHECK(engine.refused({{"policy", of_host("4/d", "")}}).subject == "policy.adaptive.budget_of");
}

TEST_CASE(
    "adaptive: a budget in requests of each page is for the pages of all "
    "that share it") {
  Engine engine(20);
  Json policy = of_host("1/d", "docs.example");
  policy["adaptive"]["budget"] = {{"ttl", "10d"}};  // of 40 pages: 4 a day
  const std::size_t requests = requests_of(engine, two_sources(policy, policy), 40);
  CAPTURE(requests);
  CHECK(requests <= 4 * 40 + 1);
  CHECK(requests >= 4 * 40 - 3 * 40);
}

TEST_CASE("a plan of days tells the requests of each, of a TTL and of an adaptive policy") {
  Engine engine(12);
  const auto plan = [&](const Json& policy) {
    return engine.run({{"policy", policy}, {"dry_run", true}, {"plan_days", 30}}).estimate.by_day;
  };
  engine.run({{"policy", {{"ttl", "7d"}}}});
  const auto ttl = plan({{"ttl", "7d"}});
  REQUIRE(ttl.size() == 30);
  CHECK(std::accumulate(ttl.begin(), ttl.end(), 0U) == 12 * 4);
  CHECK(ttl[6] == 12);
  const auto always = plan("always");
  CHECK(std::accumulate(always.begin(), always.end(), 0U) == 12 * 30);
  const auto forced = [&](const Json& policy) {
    return engine.run({{"policy", policy}, {"dry_run", true}, {"plan_days", 30}, {"force", true}})
        .estimate.by_day;
  };
  const auto forced_ttl = forced({{"ttl", "7d"}});
  CHECK(forced_ttl[0] == 12);
  CHECK(std::accumulate(forced_ttl.begin(), forced_ttl.end(), 0U) == 12 * 5);
  const auto forced_always = forced("always");
  CHECK(std::accumulate(forced_always.begin(), forced_always.end(), 0U) == 12 * 30);
  const auto forced_never = forced("never");
  CHECK(forced_never[0] == 12);
  CHECK(std::accumulate(forced_never.begin(), forced_never.end(), 0U) == 12);
  const auto never = plan("never");
  CHECK(std::accumulate(never.begin(), never.end(), 0U) == 0);

  Months months(12, adaptive("12/7d", "20d"));
  for (int step = 0; step < 4 * 30; ++step) months.step();
  const auto days =
      months.engine
          .run({{"policy", adaptive("12/7d", "20d")}, {"dry_run", true}, {"plan_days", 30}})
          .estimate.by_day;
  const double all = std::accumulate(days.begin(), days.end(), 0.);
  CAPTURE(all, months.learnt().purse.saved());
  CHECK(all >= 12);  // each at least once, as max_staleness says
  CHECK(all <= 12 * 30 / 7. + months.learnt().purse.saved() + 2);
  const auto all_today = months.engine
                             .run({{"policy", adaptive("12/7d", "20d")},
                                   {"dry_run", true},
                                   {"plan_days", 30},
                                   {"force", true}})
                             .estimate.by_day;
  CHECK(all_today[0] == 12);
  CHECK(std::accumulate(all_today.begin(), all_today.end(), 0U) >= 24);
  CHECK(engine.refused({{"plan_days", 30}}).subject == "plan_days");
}

namespace {

// The policy alone, without an engine: the same rounds over the same history.
class Replay {
 public:
  Replay(std::size_t pages, double a_day, Instant now)
      : a_day_(a_day), pages_(pages, policy::begin(source_, folder_, now)) {}

  // `stale`: which pages have changed since they were last asked for.
  std::size_t step(Instant now, std::vector<bool>& stale) {
    purse_.earn(now, a_day_, pages_.size(), source_.signal(policy::Teller::times).covers());
    std::vector<bool> asked(pages_.size());
    std::size_t requests = 0;
    while (purse_.saved() >= 1) {
      const auto round = grant(now, asked);
      if (round.empty()) break;
      requests += round.size();
      for (const std::size_t at : round) {
        policy::observe(source_, folder_, pages_[at], now, stale[at]);
        stale[at] = false;
      }
    }
    return requests;
  }

 private:
  std::vector<std::size_t> grant(Instant now, std::vector<bool>& asked) {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t at = 0; at < pages_.size(); ++at)
      if (!asked[at]) order.emplace_back(policy::worth(source_, folder_, pages_[at], now), at);
    std::sort(order.begin(), order.end(), std::greater<>());
    std::vector<std::size_t> round;
    const double most = std::max(8., std::floor(purse_.saved() / 8));
    for (const auto& [worth, at] : order) {
      if (static_cast<double>(round.size()) >= most || !purse_.affords(worth)) break;
      purse_.spend();
      round.push_back(at);
      asked[at] = true;
    }
    return round;
  }

  const double a_day_;
  policy::SourceLearnt source_;
  policy::Tally folder_;
  std::vector<policy::PageLearnt> pages_;
  policy::Purse purse_;
};

}  // namespace

TEST_CASE("adaptive: whole runs ask for as much, and find as much, as the policy alone") {
  constexpr int pages = 40, days = 120;
  Months months(pages, adaptive("40/7d", "300d"));
  Replay replay(pages, 40 / 7., months.engine.clock.now());
  std::vector<bool> stale(pages);
  std::size_t asked = 0, steps_unlike = 0;
  int found = 0, expected = 0, edition = 0;
  for (int step = 0; step < 4 * days; ++step) {
    if (step % 30 == 0) {
      ++edition;
      for (int i = 0; i < 6; ++i) {
        months.change((step + i * 5) % pages, edition);
        stale[static_cast<std::size_t>((step + i * 5) % pages)] = true;
      }
    }
    const std::size_t engine = months.step();
    const std::size_t alone = replay.step(months.engine.clock.now(), stale);
    asked += alone;
    steps_unlike += engine != alone;
    if (step % 30 != 29) continue;
    for (int i = 0; i < 6; ++i) {
      const int at = (step - 29 + i * 5) % pages;
      found += months.found(at, edition);
      expected += !stale[static_cast<std::size_t>(at)];
    }
  }
  CAPTURE(months.requests, asked, found, expected, steps_unlike);
  CHECK(std::abs(static_cast<double>(months.requests) - static_cast<double>(asked)) <=
        .02 * static_cast<double>(asked));
  CHECK(std::abs(found - expected) <= expected / 10);
}

// Not among those that run by themselves: test_core_sync "[.scale]" prints what a run costs.
TEST_CASE("adaptive: the CPU of a run that judges all pages, and of one that need not",
          "[.scale]") {
  constexpr int pages = 50'000;
  const Json policy = adaptive("1000/d", "300d");
  Engine engine(pages);
  const auto cpu = [] {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
  };
  const auto run = [&](const char* name, Millis later) {
    engine.clock.now_ = engine.clock.now_ + later + -hour;
    const double before = cpu();
    const Report report = engine.run({{"policy", policy}, {"jobs", 2}});
    std::printf("%s: %.0f ns of CPU a page, %zu requests, listed %d\n", name,
                (cpu() - before) / pages, engine.fetched().size(), report.sources[0].listed);
  };
  run("the first run", hour);
  run("a day later, which judges", day);
  run("a minute later, which need not", Millis(60'000));
  run("a minute later, which need not", Millis(60'000));
}

}  // namespace freshet::sync::months
