// How many requests go at once: fewer when a store asks for that, and slowly more again.
#include "core/sync/pace.hpp"

#include <vector>

#include "tests/support/catch.hpp"

namespace freshet::sync {
namespace {

using base::Millis;

// As many as may be begun now.
std::vector<Pace::Ticket> begin_all(Pace& pace, Millis now) {
  std::vector<Pace::Ticket> tickets;
  for (auto answer = pace.ask(now); answer.ticket; answer = pace.ask(now))
    tickets.push_back(*answer.ticket);
  return tickets;
}

constexpr Millis rest{1000};

}  // namespace

TEST_CASE("a target begins with what its store takes, and at least with one request") {
  Pace pace(8);
  CHECK(begin_all(pace, Millis(0)).size() == 8);
  CHECK(pace.ask(Millis(0)).wait == Millis(0));
  Pace none(0);
  CHECK(begin_all(none, Millis(0)).size() == 1);
}

TEST_CASE("what ends makes room for another") {
  Pace pace(2);
  const auto tickets = begin_all(pace, Millis(0));
  pace.went_well(tickets[0]);
  pace.failed(tickets[1]);
  CHECK(pace.on_their_way() == 0);
  CHECK(begin_all(pace, Millis(0)).size() == 2);
}

TEST_CASE("a crowd that is refused is halved once, and rests as long as it was asked to") {
  Pace pace(8);
  for (const Pace::Ticket& ticket : begin_all(pace, Millis(0)))
    CHECK(pace.was_refused(ticket, Millis(10), rest));
  CHECK(pace.width() == 4);
  CHECK(pace.on_their_way() == 0);
  const Pace::Answer early = pace.ask(Millis(500));
  CHECK_FALSE(early.ticket);
  CHECK(early.wait == Millis(510));
  CHECK(begin_all(pace, Millis(1010)).size() == 4);
}

TEST_CASE("the longest rest counts") {
  Pace pace(2);
  const auto tickets = begin_all(pace, Millis(0));
  pace.was_refused(tickets[0], Millis(0), Millis(5000));
  pace.was_refused(tickets[1], Millis(1), Millis(10));
  CHECK(pace.ask(Millis(100)).wait == Millis(4900));
}

TEST_CASE("refusals one after the other leave one request, and then say something of it") {
  Pace pace(8);
  Millis now{0};
  for (const std::uint32_t width : {4u, 2u, 1u}) {
    const auto tickets = begin_all(pace, now);
    CHECK(pace.was_refused(tickets.front(), now, rest));
    for (std::size_t i = 1; i < tickets.size(); ++i) pace.went_well(tickets[i]);
    CHECK(pace.width() == width);
    now += rest;
  }
  const auto last = begin_all(pace, now);
  REQUIRE(last.size() == 1);
  CHECK_FALSE(pace.was_refused(last.front(), now, rest));
  CHECK(pace.width() == 1);
}

TEST_CASE("it widens by one for as many good answers as go at once, up to what the store takes") {
  Pace pace(4);
  for (const Pace::Ticket& ticket : begin_all(pace, Millis(0)))
    pace.was_refused(ticket, Millis(0), Millis(0));
  REQUIRE(pace.width() == 2);
  std::vector<std::uint32_t> widths;
  for (int answers = 0; answers < 8; ++answers) {
    pace.went_well(*pace.ask(Millis(0)).ticket);
    widths.push_back(pace.width());
  }
  CHECK(widths == std::vector<std::uint32_t>{2, 3, 3, 3, 4, 4, 4, 4});
}

TEST_CASE("a good answer to what was sent before the refusal does not widen it") {
  Pace pace(2);
  const auto tickets = begin_all(pace, Millis(0));
  pace.was_refused(tickets[0], Millis(0), Millis(0));
  pace.went_well(tickets[1]);
  CHECK(pace.width() == 1);
}

}  // namespace freshet::sync
