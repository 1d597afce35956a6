#include "core/net/hosts.hpp"

#include <vector>

#include "tests/support/catch.hpp"

namespace freshet::net {
namespace {

using base::Millis;

int items[100];
Hosts::Ticket ticket(int number) { return &items[number]; }

std::vector<int> started(Hosts& hosts, Millis now) {
  std::vector<int> numbers;
  while (const auto next = hosts.next(now))
    numbers.push_back(static_cast<int>(static_cast<int*>(next->ticket) - items));
  return numbers;
}

}  // namespace

TEST_CASE("a host has no more requests at once than its limit, first come first served") {
  Hosts hosts({2, 10, Millis(60'000)});
  for (int i = 0; i < 5; ++i) hosts.enqueue("a", ticket(i), Millis(0));
  CHECK(started(hosts, Millis(0)) == std::vector<int>{0, 1});
  CHECK(started(hosts, Millis(9)).empty());
  hosts.release("a");
  CHECK(started(hosts, Millis(9)) == std::vector<int>{2});
}

TEST_CASE("hosts take turns under the common limit") {
  Hosts hosts({8, 3, Millis(60'000)});
  for (int i = 0; i < 4; ++i) hosts.enqueue("a", ticket(i), Millis(0));
  for (int i = 4; i < 8; ++i) hosts.enqueue("b", ticket(i), Millis(0));
  CHECK(started(hosts, Millis(0)) == std::vector<int>{0, 4, 1});
  hosts.release("a");
  CHECK(started(hosts, Millis(0)) == std::vector<int>{5});
}

TEST_CASE("requests to a host keep the pace they ask for") {
  Hosts hosts({8, 64, Millis(60'000)});
  for (int i = 0; i < 3; ++i) hosts.enqueue("a", ticket(i), Millis(100));
  hosts.enqueue("b", ticket(9), Millis(100));
  CHECK(started(hosts, Millis(1000)) == std::vector<int>{0, 9});
  CHECK(hosts.wake_at() == Millis(1100));
  CHECK(started(hosts, Millis(1099)).empty());
  CHECK(started(hosts, Millis(1100)) == std::vector<int>{1});
  CHECK(started(hosts, Millis(1250)) == std::vector<int>{2});
  CHECK_FALSE(hosts.wake_at());
}

TEST_CASE("a host that asked to be left alone is") {
  Hosts hosts({8, 64, Millis(60'000)});
  CHECK(hosts.hold("a", Millis(5000), Millis(0)).empty());
  CHECK(hosts.held_for("a", Millis(2000)) == Millis(3000));
  CHECK(hosts.held_for("b", Millis(2000)) == Millis(0));
  hosts.enqueue("a", ticket(1), Millis(0));
  hosts.enqueue("b", ticket(2), Millis(0));
  CHECK(started(hosts, Millis(2000)) == std::vector<int>{2});
  CHECK(hosts.hold("a", Millis(3000), Millis(2000)).empty());  // a shorter one changes nothing
  CHECK(started(hosts, Millis(4999)).empty());
  CHECK(started(hosts, Millis(5000)) == std::vector<int>{1});
}

TEST_CASE("who would wait too long is told so") {
  Hosts hosts({1, 64, Millis(60'000)});
  for (int i = 0; i < 3; ++i) hosts.enqueue("a", ticket(i), Millis(0));
  CHECK(started(hosts, Millis(0)) == std::vector<int>{0});
  CHECK(hosts.hold("a", Millis(3'600'000), Millis(0)) ==
        std::vector<Hosts::Ticket>{ticket(1), ticket(2)});
  CHECK(hosts.too_long("a", hosts.held_for("a", Millis(0))));
  hosts.release("a");
  CHECK(started(hosts, Millis(0)).empty());
}

TEST_CASE("a waiting ticket can be taken back") {
  Hosts hosts({1, 64, Millis(60'000)});
  for (int i = 0; i < 3; ++i) hosts.enqueue("a", ticket(i), Millis(0));
  CHECK(started(hosts, Millis(0)) == std::vector<int>{0});
  CHECK(hosts.remove("a", ticket(1)));
  CHECK_FALSE(hosts.remove("a", ticket(0)));
  CHECK_FALSE(hosts.remove("nowhere", ticket(0)));
  hosts.release("a");
  CHECK(started(hosts, Millis(0)) == std::vector<int>{2});
}

}  // namespace freshet::net
