// The adaptive policy in whole runs, over months of a clock that the test sets.
#include <cmath>

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

}  // namespace freshet::sync::months
