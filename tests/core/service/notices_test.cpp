#include "core/service/notices.hpp"

#include "tests/support/catch.hpp"

namespace freshet::service {
namespace {

using namespace std::chrono_literals;

constexpr Instant day_one{1'800'000'000'000};

Hook hook(const std::string& id, const std::string& source = "") {
  Hook made;
  made.id = id;
  made.source = source;
  made.config.url = "https://hooks.example.org/" + id;
  made.config.pause = Millis(0);
  return made;
}

struct People {
  explicit People(std::vector<Hook> hooks) { notices.use(std::move(hooks)); }

  // All that is sent now, and arrives.
  std::vector<std::string> told() {
    std::vector<std::string> all;
    while (const auto message = notices.next(now)) {
      all.push_back(notices.hooks()[message->hook].id + " " + trouble_name(message->trouble) + " " +
                    message->source +
                    (message->over    ? " over"
                     : message->again ? " again"
                                      : ""));
      notices.sent(*message, now);
    }
    return all;
  }
  void failing(bool holds, const std::string& source = "a") {
    notices.note(source, Trouble::failure, holds, "it failed", now);
  }
  // As another process finds it.
  void restart() {
    const base::Json kept = notices.to_json();
    std::vector<Hook> hooks = notices.hooks();
    notices = Notices();
    notices.restore(base::Json::parse(kept.dump()));
    notices.use(std::move(hooks));
  }

  Notices notices;
  Instant now = day_one;
};

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("people are told once when it begins, and when it is over") {
  People people({hook("x")});
  CHECK(people.told().empty());
  for (int i = 0; i < 3; ++i) {
    people.failing(true);
    CHECK(people.told() == (i == 0 ? Told{"x failure a"} : Told{}));
  }
  people.failing(false);
  CHECK(people.told() == Told{"x failure a over"});
  people.failing(false);
  CHECK(people.told().empty());
  people.failing(true);
  CHECK(people.told() == Told{"x failure a"});
}

TEST_CASE("what was over before anybody was told of it is told to nobody") {
  People people({hook("x")});
  people.failing(true);
  people.failing(false);
  CHECK(people.told().empty());
  CHECK(people.notices.to_json()["states"].empty());
}

TEST_CASE("what comes back before its end was told goes on, and is not told twice") {
  People people({hook("x")});
  people.failing(true);
  people.told();
  people.failing(false);
  people.failing(true);
  CHECK(people.told().empty());
}

TEST_CASE("what goes on is told again after a while, or never") {
  Hook never = hook("never");
  never.config.repeat = Millis(0);
  People people({hook("daily"), never});
  people.failing(true);
  CHECK(people.told().size() == 2);
  people.now = day_one + (24h - 1ms);
  CHECK(people.told().empty());
  people.now = day_one + 24h;
  CHECK(people.told() == Told{"daily failure a again"});
}

TEST_CASE("a webhook is told of what it asks for, and of its source") {
  Hook held_only = hook("held");
  held_only.config.failure = held_only.config.recovery = held_only.config.stale = false;
  People people({held_only, hook("b", "b")});
  people.failing(true);
  CHECK(people.told().empty());
  people.notices.note("a", Trouble::held, true, "5 removals are held", people.now);
  CHECK(people.told() == Told{"held held a"});
  people.notices.note("a", Trouble::held, false, "", people.now);
  CHECK(people.told().empty());  // it wants no recoveries
  people.failing(true, "b");
  CHECK(people.told() == Told{"b failure b"});
}

TEST_CASE("a source is stale at its bound, and well when it is listed") {
  Hook bound = hook("x");
  bound.config.stale_after = 2h;
  People people({bound});
  people.notices.note_listed("a", day_one, day_one + (2h - 1ms));
  CHECK(people.told().empty());
  people.now = day_one + 2h;
  people.notices.note_listed("a", day_one, people.now);
  CHECK(people.told() == Told{"x stale a"});
  people.notices.note_listed("a", people.now, people.now);
  CHECK(people.told() == Told{"x stale a over"});
}

TEST_CASE("messages to a webhook are a pause apart") {
  Hook slow = hook("x");
  slow.config.pause = 10s;
  People people({slow});
  people.failing(true, "a");
  people.failing(true, "b");
  CHECK(people.told() == Told{"x failure a"});
  people.now = day_one + (10s - 1ms);
  CHECK(people.told().empty());
  people.now = day_one + 10s;
  CHECK(people.told() == Told{"x failure b"});
}

TEST_CASE("what cannot be sent is tried again later each time, and others are told meanwhile") {
  People people({hook("down"), hook("up")});
  people.failing(true);
  const auto first = people.notices.next(people.now);
  REQUIRE(first);
  CHECK(people.notices.hooks()[first->hook].id == "down");
  people.notices.failed(*first, people.now);
  CHECK(people.told() == Told{"up failure a"});
  people.now = day_one + (1min - 1ms);
  CHECK_FALSE(people.notices.next(people.now));
  people.now = day_one + 1min;
  people.notices.failed(*people.notices.next(people.now), people.now);
  people.now = day_one + (3min - 1ms);
  CHECK_FALSE(people.notices.next(people.now));
  people.now = day_one + 3min;
  CHECK(people.told() == Told{"down failure a"});
}

TEST_CASE("a restart repeats nothing and forgets nothing") {
  People people({hook("x")});
  people.failing(true, "a");
  CHECK(people.told().size() == 1);
  people.failing(true, "b");
  people.restart();
  CHECK(people.told() == Told{"x failure b"});
  people.restart();
  CHECK(people.told().empty());
  people.failing(false, "a");
  people.restart();
  CHECK(people.told() == Told{"x failure a over"});
}

TEST_CASE("a clock that was ahead keeps nobody silent for long") {
  People people({hook("x")});
  people.now = day_one + 24h * 3650;
  people.failing(true);
  CHECK(people.told().size() == 1);
  people.notices.failed({0, Trouble::failure, "a", "", {}, false, false, {}}, people.now);
  people.now = day_one;
  people.failing(true, "b");
  CHECK(people.told().empty());
  people.now = day_one + 1h;
  CHECK(people.told() == Told{"x failure b"});
  people.now = day_one + 25h;  // a day after it was seen that the clock had been ahead
  CHECK(people.told() == Told{"x failure a again", "x failure b again"});
}

TEST_CASE("what is kept and cannot be read is left out") {
  Notices notices;
  notices.restore(base::Json::parse(R"([1])"));
  notices.restore(base::Json::parse(R"({"states":[{"trouble":"none"},5]})"));
  CHECK(notices.to_json()["states"].empty());
}

}  // namespace freshet::service
