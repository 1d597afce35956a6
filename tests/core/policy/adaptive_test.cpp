#include "core/policy/adaptive.hpp"

#include <random>

#include "core/policy/adaptive_purse.hpp"
#include "tests/core/policy/support.hpp"

using namespace std::chrono_literals;
using namespace freshet::policy;
using namespace freshet::policy::test;
namespace base = freshet::base;

namespace {

constexpr auto day = 24h;

// A site of one folder with pages that were all looked at when it began.
struct Site {
  explicit Site(std::size_t pages) : pages(pages, begin(source, folder, now)) {}
  double probability(std::size_t page, base::Instant at, Hint hint = Hint::none) const {
    return changed_by_now(source, folder, pages[page], at, hint);
  }
  void look(std::size_t page, base::Instant at, bool changed, Hint hint = Hint::none) {
    observe(source, folder, pages[page], at, changed, hint);
  }

  SourceLearnt source;
  Tally folder;
  std::vector<PageLearnt> pages;
};

}  // namespace

TEST_CASE("a page is likelier to have changed the longer it was not looked at", "[adaptive]") {
  const Site site(1);
  CHECK(site.probability(0, now) == 0);
  double before = 0;
  for (int days = 1; days <= 1024; days *= 2) {
    const double here = site.probability(0, now + days * day);
    CHECK(here > before);
    before = here;
  }
  CHECK(before < 1);
}

TEST_CASE(
    "a page that changed a moment ago is likelier to change again than one that stood for a year",
    "[adaptive]") {
  Site site(2);
  site.look(0, now + 365 * day, true);
  site.look(1, now + 365 * day, false);
  const base::Instant later = now + 367 * day;
  CHECK(site.probability(0, later) > 3 * site.probability(1, later));
}

TEST_CASE("what changes often is told from what does not by its own past", "[adaptive]") {
  Site site(2);
  for (int week = 1; week <= 50; ++week) {
    site.look(0, now + week * 7 * day, week % 2 == 0);
    site.look(1, now + week * 7 * day, false);
  }
  const base::Instant later = now + 51 * 7 * day;
  CHECK(site.probability(0, later) > 4 * site.probability(1, later));
  CHECK(site.probability(1, later) < .05);
}

TEST_CASE(
    "changes found in a folder make its other pages likelier to have changed, until they are "
    "looked at",
    "[adaptive]") {
  Site site(30);
  const base::Instant later = now + 3 * day;
  const double quiet = site.probability(29, later);
  for (std::size_t page = 0; page < 10; ++page) site.look(page, later, true);
  const double busy = site.probability(29, later);
  CHECK(busy > 4 * quiet);

  const Tally elsewhere;  // another folder of the same source
  const double other =
      changed_by_now(site.source, elsewhere, begin(SourceLearnt(), elsewhere, now), later);
  CHECK(other > quiet);
  CHECK(other < busy);

  site.look(29, later, false);
  CHECK(site.probability(29, later + 3 * day) < quiet);

  for (std::size_t page = 10; page < 29; ++page) site.look(page, later, false);
  Site still(1);
  still.source = site.source;
  still.folder = site.folder;
  still.pages[0] = begin(SourceLearnt(), Tally(), now);
  CHECK(still.probability(0, later) < busy);
}

TEST_CASE("tallies may pass the end of their numbers", "[adaptive]") {
  Site fresh(12), late(12);
  late.folder = late.source.tally = {0xFFFFC000, 0xFFFFF000};
  for (PageLearnt& page : late.pages) page = begin(late.source, late.folder, now);
  for (Site* site : {&fresh, &late})
    for (std::size_t page = 0; page < 8; ++page) site->look(page, now + 5 * day, page % 2 == 0);
  CHECK(late.source.tally.found < 0xFFFFC000);
  CHECK(late.probability(11, now + 6 * day) == fresh.probability(11, now + 6 * day));
}

TEST_CASE("a listing is believed as far as it has earned it", "[adaptive]") {
  Site honest(1), constant(1), build(1);
  std::mt19937 random(20261128);
  for (int week = 1; week <= 200; ++week) {
    const base::Instant at = now + week * 7 * day;
    const bool changed = random() % 5 == 0;
    honest.look(0, at, changed, changed ? Hint::moved : Hint::stayed);
    constant.look(0, at, changed, Hint::stayed);
    build.look(0, at, changed, Hint::moved);
  }
  const base::Instant later = now + 201 * 7 * day;
  CHECK(honest.probability(0, later, Hint::moved) > .9);
  CHECK(honest.probability(0, later, Hint::stayed) < .02);
  CHECK(std::abs(constant.probability(0, later, Hint::stayed) - constant.probability(0, later)) <
        .03);
  CHECK(std::abs(build.probability(0, later, Hint::moved) - build.probability(0, later)) < .03);
}

TEST_CASE("a request is worth more where its answer stays true for longer", "[adaptive]") {
  Site site(2);
  for (int at = 1; at <= 100; ++at) site.look(0, now + at * day, true);
  site.look(1, now + 100 * day, false);
  const base::Instant later = now + 101 * day;
  const auto value = [&](std::size_t page) {
    return worth(site.source, site.folder, site.pages[page], later);
  };
  REQUIRE(site.probability(0, later) > 10 * site.probability(1, later));
  CHECK(value(0) < 10 * value(1));
}

TEST_CASE("a clock that was set back teaches nothing and asks for nothing", "[adaptive]") {
  Site site(2);
  site.look(0, now + 10 * day, true);
  CHECK(site.probability(0, now) == 0);
  CHECK(worth(site.source, site.folder, site.pages[0], now) == 0);
  site.look(0, now, false);
  CHECK(site.probability(1, now + 10 * day) > 0);

  Purse purse;
  purse.earn(now, 10, 100);
  purse.earn(now + 10 * day, 10, 100);
  const double saved = purse.saved();
  purse.earn(now, 10, 100);
  CHECK(purse.saved() == saved);
}

TEST_CASE("a purse spends no more than it earned, whatever requests are worth", "[adaptive]") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> some(0, 1);
  for (int round = 0; round < 50; ++round) {
    const double a_day = 1 + 200 * some(random);
    const auto pages = static_cast<std::size_t>(1 + 1000 * some(random));
    Purse purse;
    base::Instant at = now;
    purse.earn(at, a_day, pages);
    double spent = 0, days = 0;
    for (int step = 0; step < 400; ++step) {
      const double hours = 24 * some(random);
      at = at + base::Millis(static_cast<std::int64_t>(hours * 3'600'000));
      days += hours / 24;
      purse.earn(at, a_day, pages);
      while (purse.affords(some(random) < .3 ? 100 * some(random) : 1e-3)) {
        purse.spend();
        ++spent;
      }
      REQUIRE(spent <= a_day * days + 1e-3);
    }
    CHECK(spent > .5 * a_day * days - 3 * static_cast<double>(pages));
  }
}

TEST_CASE("a full purse asks for what is worth little, an empty one for nothing", "[adaptive]") {
  Purse purse;
  purse.earn(now, 10, 10);
  CHECK_FALSE(purse.affords(1e6));
  purse.earn(now + 100 * day, 10, 10);
  CHECK(purse.affords(1e-6));
  CHECK_FALSE(purse.affords(0));
  int spent = 0;
  for (; purse.affords(1e-6); ++spent) purse.spend();
  CHECK(purse.saved() >= 27);  // what is kept for better times: what fills it, less two scouts
  CHECK(purse.affords(1e4));
  CHECK(spent <= 3);  // a hundred days without a look are no reason for a thousand requests
}

TEST_CASE("a purse asks for what a trusted listing names, and hardly for the rest", "[adaptive]") {
  Purse purse;
  purse.earn(now, 10, 100, true);
  purse.earn(now + 5 * day, 10, 100, true);
  CHECK(purse.affords(1e-9, Mention::yes));
  int spent = 0;
  for (; purse.affords(100, Mention::no); ++spent) purse.spend();
  CHECK(spent <= 2);
  CHECK(purse.saved() > 45);
  CHECK(purse.affords(1e-9, Mention::yes));
}

TEST_CASE("whether a listing tells of all changes is not judged by the pages it named",
          "[adaptive]") {
  Signal signal;
  for (int at = 0; at < 5000; ++at) {
    signal.observe(Hint::moved, .05, true);  // each that it names has changed
    signal.observe(Hint::stayed, .05,
                   at % 40 == 0);  // and so has half of what it should have named
  }
  CHECK(signal.precision() == 1);
  CHECK(signal.recall() > .4);
  CHECK(signal.recall() < .6);
  CHECK_FALSE(signal.covers());
  CHECK(signal.after(.05, Hint::moved) > .9);
}

TEST_CASE("a listing that ceases to tell is found out", "[adaptive]") {
  Signal signal;
  for (int at = 0; at < 5000; ++at) signal.observe(Hint::stayed, .05, false);
  for (int at = 0; at < 200; ++at) signal.observe(Hint::moved, .05, true);
  CHECK(signal.covers());
  int looks = 0;
  for (; signal.covers() && looks < 1000; ++looks)
    signal.observe(Hint::stayed, .05, looks % 20 == 0);
  CHECK(looks <= 200);
}
