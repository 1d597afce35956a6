// How one host is treated: its rate, what becomes of one that keeps failing, and the waits between attempts.
#include "core/net/manners.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "core/net/hosts.hpp"
#include "tests/support/catch.hpp"

namespace freshet::net {
namespace {

using base::Millis;

int calls[2000];
Hosts::Ticket call_of(int number) { return &calls[number]; }
int number_of(Hosts::Ticket ticket) { return static_cast<int>(static_cast<int*>(ticket) - calls); }

Hosts hosts_with(const Manners& manners, std::size_t total = 64) {
  return Hosts({manners.per_host, total, Millis(60'000)},
               [&manners](const std::string&) { return &manners; });
}

std::vector<int> begun(Hosts& hosts, Millis now) {
  std::vector<int> numbers;
  while (const auto next = hosts.next(now)) numbers.push_back(number_of(next->ticket));
  return numbers;
}

// Requests that come, run and end as chance has it, on a virtual clock.
struct Traffic {
  Traffic(Hosts& hosts, std::uint32_t seed) : hosts(hosts), random(seed) {}

  void step() {
    now += Millis(draw(0, 30));
    while (next < 1000 && draw(0, 2) > 0) hosts.enqueue("a", call_of(next++), Millis(0));
    for (const int number : begun(hosts, now)) {
      starts.push_back(now);
      order.push_back(number);
      ends.push_back(now + Millis(draw(0, 400)));
    }
    std::erase_if(ends, [&](Millis end) {
      if (end > now) return false;
      hosts.release("a");
      return true;
    });
  }
  std::int64_t draw(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  }

  Hosts& hosts;
  std::mt19937 random;
  Millis now{1'000'000};
  int next = 0;
  std::vector<Millis> starts, ends;
  std::vector<int> order;
};

}  // namespace

TEST_CASE("over any sliding second no more than ten requests begin, and none is passed over",
          "[rate]") {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    INFO("seed " << seed);
    Manners manners;
    manners.rate = {10, Millis(1000)};
    manners.per_host = 1 + seed % 16;
    Hosts hosts = hosts_with(manners);
    Traffic traffic(hosts, seed);
    for (int i = 0; i < 100'000 && traffic.order.size() < 1000; ++i) traffic.step();
    REQUIRE(traffic.order.size() == 1000);
    CHECK(std::is_sorted(traffic.order.begin(), traffic.order.end()));  // first come first served
    for (std::size_t i = 10; i < traffic.starts.size(); ++i)
      REQUIRE(traffic.starts[i] - traffic.starts[i - 10] > Millis(1000));
    // Nor much fewer: a hundred stretches of a second, and what chance kept apart.
    if (manners.per_host >= 10)
      CHECK(traffic.starts.back() - traffic.starts.front() < Millis(150'000));
  }
}

TEST_CASE("a host that has used up its rate wakes when its next request may begin") {
  Manners manners;
  manners.rate = {2, Millis(1000)};
  Hosts hosts = hosts_with(manners);
  for (int i = 0; i < 5; ++i) hosts.enqueue("a", call_of(i), Millis(0));
  hosts.enqueue("b", call_of(9), Millis(0));
  CHECK(begun(hosts, Millis(0)) == std::vector<int>{0, 9, 1});
  CHECK(hosts.wake_at() == Millis(1001));
  CHECK(hosts.remove("a", call_of(2)));  // one that was cancelled costs nothing
  CHECK(begun(hosts, Millis(1000)).empty());
  CHECK(begun(hosts, Millis(1001)) == std::vector<int>{3, 4});
}

TEST_CASE("a host that fails so often in a row is left alone, and then tried by one request",
          "[breaker]") {
  Manners manners;
  manners.breaker = {3, Millis(5000)};
  Hosts hosts = hosts_with(manners);
  for (int i = 0; i < 12; ++i) hosts.enqueue("a", call_of(i), Millis(0));
  REQUIRE(begun(hosts, Millis(0)).size() == 8);
  for (int i = 0; i < 2; ++i) {
    hosts.release("a");
    CHECK(hosts.note("a", true, Millis(10)).empty());
  }
  hosts.release("a");
  CHECK(hosts.note("a", false, Millis(10)).empty());  // it is well: the count begins again
  CHECK(hosts.broken_for("a", Millis(10)) == Millis(0));
  REQUIRE(begun(hosts, Millis(10)).size() == 3);
  hosts.enqueue("a", call_of(12), Millis(0));
  std::vector<Hosts::Ticket> away;
  for (int i = 0; i < 3; ++i) {
    hosts.release("a");
    for (Hosts::Ticket one : hosts.note("a", true, Millis(20))) away.push_back(one);
  }
  CHECK(away == std::vector<Hosts::Ticket>{call_of(11), call_of(12)});
  CHECK(hosts.broken_for("a", Millis(20)) == Millis(5000));
  CHECK(hosts.broken_for("b", Millis(20)) == Millis(0));
  while (hosts.running() > 0) hosts.release("a");
  CHECK(hosts.broken_for("a", Millis(5020)) == Millis(0));
  for (int i = 20; i < 23; ++i) hosts.enqueue("a", call_of(i), Millis(0));
  CHECK(begun(hosts, Millis(5020)) == std::vector<int>{20});  // one goes first
  hosts.release("a");
  SECTION("and where that fails, too, the rest is turned away") {
    CHECK(hosts.note("a", true, Millis(5030)).size() == 2);
    CHECK(hosts.broken_for("a", Millis(5030)) == Millis(5000));
  }
  SECTION("and where that goes well, all is as before") {
    CHECK(hosts.note("a", false, Millis(5030)).empty());
    CHECK(begun(hosts, Millis(5030)) == std::vector<int>{21, 22});
  }
}

namespace {

struct SourceWith : ports::Requester {
  SourceWith(const char* its_name, Rate rate, Breaker breaker = {}) {
    name = its_name;
    options.rate = rate;
    options.breaker = breaker;
  }
};

}  // namespace

TEST_CASE(
    "over any sliding second no more than ten requests of a source begin, whatever hosts it asks",
    "[rate][source]") {
  const SourceWith slow("slow", {10, Millis(1000)});
  const SourceWith same("slow", {10, Millis(1000)});  // in another run
  const char* const names[] = {"a", "b", "c"};
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    INFO("seed " << seed);
    Hosts hosts({1 + seed % 8, 64, Millis(60'000)});
    std::mt19937 random(seed);
    const auto draw = [&](std::int64_t least, std::int64_t most) {
      return std::uniform_int_distribution<std::int64_t>(least, most)(random);
    };
    struct Running {
      Millis end;
      int number;
    };
    std::vector<Running> running;
    std::vector<Millis> starts;
    std::vector<const char*> host_of(1000);
    std::vector<const ports::Requester*> source_of(1000);
    std::size_t others = 0;
    Millis now{1'000'000};
    for (int next = 0, steps = 0; steps < 100'000 && starts.size() + others < 1000; ++steps) {
      now += Millis(draw(0, 30));
      for (; next < 1000 && draw(0, 2) > 0; ++next) {
        host_of[next] = names[draw(0, 2)];
        source_of[next] = next % 4 == 0 ? nullptr : next % 2 == 0 ? &slow : &same;
        hosts.enqueue(host_of[next], call_of(next), Millis(0), now, source_of[next]);
      }
      for (const int number : begun(hosts, now)) {
        if (source_of[number] != nullptr)
          starts.push_back(now);
        else
          ++others;
        running.push_back({now + Millis(draw(0, 400)), number});
      }
      std::erase_if(running, [&](const Running& one) {
        if (one.end > now) return false;
        hosts.release(host_of[one.number], source_of[one.number]);
        return true;
      });
    }
    REQUIRE(starts.size() == 750);
    for (std::size_t i = 10; i < starts.size(); ++i)
      REQUIRE(starts[i] - starts[i - 10] > Millis(1000));
    CHECK(starts.back() - starts.front() < Millis(110'000));  // nor much fewer
  }
}

TEST_CASE("who waits for the rate of its source lets others pass, and is told of as delayed",
          "[rate][source]") {
  const SourceWith slow("slow", {1, Millis(1000)});
  Hosts hosts({8, 64, Millis(60'000)});
  const auto numbers = [&](Millis now, bool delayed) {
    std::vector<int> out;
    while (const auto turn = hosts.next(now)) {
      CHECK(turn->delayed == delayed);
      out.push_back(number_of(turn->ticket));
    }
    return out;
  };
  for (int i = 0; i < 3; ++i) hosts.enqueue("a", call_of(i), Millis(0), Millis(5000), &slow);
  hosts.enqueue("b", call_of(3), Millis(0), Millis(5000), &slow);
  hosts.enqueue("a", call_of(4), Millis(0), Millis(5000));
  CHECK(numbers(Millis(5000), false) == std::vector<int>{0, 4});
  CHECK(hosts.wake_at() == Millis(6001));
  hosts.enqueue("a", call_of(5), Millis(0), Millis(5100));  // that host is asleep
  CHECK(numbers(Millis(5100), false) == std::vector<int>{5});
  CHECK(numbers(Millis(6001), true).size() == 1);
  CHECK(numbers(Millis(7002), true).size() == 1);
  CHECK(numbers(Millis(8003), true).size() == 1);
  hosts.enqueue("a", call_of(6), Millis(0), Millis(20'000), &slow);
  CHECK(numbers(Millis(20'000), false) == std::vector<int>{6});
}

TEST_CASE("a source that fails so often in a row is left alone at every host, and others are not",
          "[breaker][source]") {
  const SourceWith frail("frail", {}, {2, Millis(5000)});
  Hosts hosts({1, 64, Millis(60'000)});
  hosts.enqueue("a", call_of(0), Millis(0), Millis(0), &frail);
  hosts.enqueue("b", call_of(1), Millis(0), Millis(0), &frail);
  hosts.enqueue("a", call_of(2), Millis(0), Millis(0), &frail);
  hosts.enqueue("b", call_of(3), Millis(0), Millis(0));
  REQUIRE(begun(hosts, Millis(0)) == std::vector<int>{0, 1});
  hosts.release("a", &frail);
  CHECK(hosts.note(frail, true, Millis(10)).empty());
  hosts.release("b", &frail);
  CHECK(hosts.note(frail, true, Millis(10)) == std::vector<Hosts::Ticket>{call_of(2)});
  CHECK(hosts.broken_for(frail, Millis(10)) == Millis(5000));
  CHECK(hosts.broken_for("a", Millis(10)) == Millis(0));
  CHECK(begun(hosts, Millis(10)) == std::vector<int>{3});
  hosts.release("b");
  CHECK(hosts.broken_for(frail, Millis(5010)) == Millis(0));
  for (int i = 4; i < 7; ++i) hosts.enqueue("a", call_of(i), Millis(0), Millis(5010), &frail);
  hosts.enqueue("b", call_of(7), Millis(0), Millis(5010), &frail);
  CHECK(begun(hosts, Millis(5010)) == std::vector<int>{4});  // one goes first, of all hosts
  CHECK(hosts.remove("a", call_of(6)));
  hosts.release("a", &frail);
  SECTION("and where that fails, too, the rest is turned away") {
    CHECK(hosts.note(frail, true, Millis(5020)).size() == 2);
    CHECK(begun(hosts, Millis(60'000)).empty());
  }
  SECTION("and where that goes well, all is as before") {
    CHECK(hosts.note(frail, false, Millis(5020)).empty());
    std::vector<int> rest = begun(hosts, Millis(5020));
    std::sort(rest.begin(), rest.end());
    CHECK(rest == std::vector<int>{5, 7});
  }
}

TEST_CASE("rates are read, and what is none is refused") {
  CHECK(parse_rate("10/s").value() == Rate{10, Millis(1000)});
  CHECK(parse_rate("600/m").value() == Rate{600, Millis(60'000)});
  CHECK(parse_rate("1/h").value() == Rate{1, Millis(3'600'000)});
  for (const char* wrong :
       {"", "10", "/s", "0/s", "-1/s", "10/d", "10/ s", "1.5/s", "10001/s", "10/s "})
    CHECK_FALSE(parse_rate(wrong));
}

TEST_CASE("of a list of waits the last one repeats") {
  Manners manners;
  manners.delays = {Millis(10), Millis(200)};
  CHECK(wait_after(manners, 1, 0.5) == Millis(10));
  CHECK(wait_after(manners, 2, 0.5) == Millis(200));
  CHECK(wait_after(manners, 9, 0.5) == Millis(200));
  manners.delays.clear();
  CHECK(wait_after(manners, 3, 0.5) == Millis(2000));
}

}  // namespace freshet::net
