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
  while (const auto next = hosts.next(now)) numbers.push_back(number_of(*next));
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
