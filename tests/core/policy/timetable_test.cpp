#include "core/policy/timetable.hpp"

#include <date/tz.h>

#include <array>
#include <set>

#include "tests/core/policy/support.hpp"

using namespace std::chrono_literals;
using namespace freshet::policy;
namespace base = freshet::base;

namespace {

base::Instant instant(const std::string& text) { return *base::parse_instant(text); }

Cron cron(const std::string& text, const std::string& zone = "UTC") {
  auto parsed = Cron::parse(text, "schedule.cron", zone, "schedule.zone");
  INFO(text);
  REQUIRE(parsed);
  return *parsed;
}

std::string next_of(const std::string& text, const std::string& zone, const std::string& after) {
  return base::format_instant(cron(text, zone).next(instant(after)));
}

std::string wrong_table(const std::string& json) {
  const auto parsed = Timetable::parse(base::Json::parse(json), "sources[0].schedule");
  INFO(json);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == base::Code::invalid_argument);
  return parsed.error().subject + ": " + parsed.error().message;
}

// All minutes from `begin` on at which "minute hour * * *" runs, found by looking at the clocks each
// minute: what they show for the first time, and what they skipped when they go on.
std::set<std::int64_t> walked(const std::string& zone_name, base::Instant begin, int hours,
                              const std::function<bool(int minute)>& matches, bool twice) {
  const auto* zone = date::locate_zone(zone_name);
  std::set<std::int64_t> out;
  std::set<std::int64_t> shown;
  std::int64_t before = 0;
  const auto start = begin.ms / 60'000;
  for (std::int64_t at = start - 300; at < start + hours * 60; ++at) {
    const auto time = date::sys_seconds(std::chrono::minutes(at));
    const std::int64_t local = at + zone->get_info(time).offset.count() / 60;
    bool runs = matches(static_cast<int>(((local % 1440) + 1440) % 1440)) &&
                (shown.insert(local).second || twice);
    if (before != 0)
      for (std::int64_t skipped = before + 1; skipped < local; ++skipped)
        runs = runs || matches(static_cast<int>(((skipped % 1440) + 1440) % 1440));
    before = local;
    if (runs && at > start) out.insert(at * 60'000);
  }
  return out;
}

}  // namespace

TEST_CASE("a cron expression names minutes, as cron does", "[cron]") {
  const std::string friday = "2027-01-15T08:00:00Z";
  const auto utc_next = [&](const char* text) { return next_of(text, "UTC", friday); };
  CHECK(utc_next("* * * * *") == "2027-01-15T08:01:00.000Z");
  CHECK(utc_next("0 * * * *") == "2027-01-15T09:00:00.000Z");
  CHECK(utc_next("*/20 * * * *") == "2027-01-15T08:20:00.000Z");
  CHECK(utc_next("7/20 * * * *") == "2027-01-15T08:07:00.000Z");
  CHECK(utc_next("0 6 * * 1-5") == "2027-01-18T06:00:00.000Z");
  CHECK(utc_next("0 6 * * mon-FRI") == "2027-01-18T06:00:00.000Z");
  CHECK(utc_next("0 6 * * 7") == "2027-01-17T06:00:00.000Z");
  CHECK(utc_next("0 6 * * 0") == "2027-01-17T06:00:00.000Z");
  CHECK(utc_next("30 5,9-10 * * *") == "2027-01-15T09:30:00.000Z");
  CHECK(utc_next("0 0 1 Jan,jul *") == "2027-07-01T00:00:00.000Z");
  CHECK(utc_next("0 0 29 2 *") == "2028-02-29T00:00:00.000Z");
  CHECK(next_of("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z") == "2104-02-29T00:00:00.000Z");
  // Both restricted: either will do; with a star in one of them: both have to.
  CHECK(utc_next("0 0 20 * sun") == "2027-01-17T00:00:00.000Z");
  CHECK(utc_next("0 0 */2 * sun") == "2027-01-17T00:00:00.000Z");
  CHECK(next_of("0 0 */2 * sun", "UTC", "2027-01-17T00:00:00Z") == "2027-01-31T00:00:00.000Z");
  CHECK(utc_next("  0   6 * *  * ") == "2027-01-16T06:00:00.000Z");
}

TEST_CASE("what the clocks skip runs when they go on, what they repeat runs once", "[cron]") {
  // Berlin skips 02:00 to 03:00 on 28 March 2027 and shows it twice on 31 October.
  CHECK(next_of("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z") ==
        "2027-03-28T01:00:00.000Z");
  CHECK(next_of("30 2 * * *", "Europe/Berlin", "2027-03-28T01:00:00Z") ==
        "2027-03-29T00:30:00.000Z");
  CHECK(next_of("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00:00Z") ==
        "2027-10-31T00:30:00.000Z");
  CHECK(next_of("30 2 * * *", "Europe/Berlin", "2027-10-31T00:30:00Z") ==
        "2027-11-01T01:30:00.000Z");
  // Every hour has its own.
  CHECK(next_of("30 * * * *", "Europe/Berlin", "2027-10-31T00:30:00Z") ==
        "2027-10-31T01:30:00.000Z");
  CHECK(next_of("30 * * * *", "Europe/Berlin", "2027-10-31T01:30:00Z") ==
        "2027-10-31T02:30:00.000Z");
  CHECK(next_of("*/10 2 * * *", "Europe/Berlin", "2027-03-28T00:59:00Z") ==
        "2027-03-28T01:00:00.000Z");
  // Samoa had no 30 December 2011.
  CHECK(next_of("0 12 30 12 *", "Pacific/Apia", "2011-12-29T00:00:00Z") ==
        "2011-12-30T10:00:00.000Z");
}

TEST_CASE("in every zone the times are those that its clocks show", "[cron][dst]") {
  struct Change {
    const char *zone, *around;
  };
  const std::array<Change, 20> changes{{{"Europe/Berlin", "2027-03-28T01:00:00Z"},
                                        {"Europe/Berlin", "2027-10-31T01:00:00Z"},
                                        {"America/New_York", "2027-03-14T07:00:00Z"},
                                        {"America/New_York", "2027-11-07T06:00:00Z"},
                                        {"Australia/Lord_Howe", "2027-10-02T15:30:00Z"},
                                        {"Australia/Lord_Howe", "2027-04-03T15:00:00Z"},
                                        {"America/Santiago", "2027-04-04T03:00:00Z"},
                                        {"America/Santiago", "2027-09-05T04:00:00Z"},
                                        {"Asia/Kolkata", "2027-03-28T01:00:00Z"},
                                        {"Africa/Casablanca", "2027-02-07T02:00:00Z"},
                                        {"Africa/Casablanca", "2027-03-14T02:00:00Z"},
                                        {"Europe/Istanbul", "2015-11-08T01:00:00Z"},
                                        {"Europe/Istanbul", "2016-09-06T21:00:00Z"},
                                        {"Europe/Dublin", "2027-03-28T01:00:00Z"},
                                        {"Asia/Beirut", "2027-03-27T22:00:00Z"},
                                        {"Antarctica/Troll", "2027-03-28T01:00:00Z"},
                                        {"Antarctica/Troll", "2027-10-31T01:00:00Z"},
                                        {"Asia/Pyongyang", "2018-05-04T15:00:00Z"},
                                        {"Pacific/Chatham", "2027-09-25T14:00:00Z"},
                                        {"UTC", "2027-03-28T01:00:00Z"}}};
  struct Times {
    const char* text;
    std::function<bool(int)> matches;
    bool twice = false;
  };
  const std::array<Times, 5> all{
      {{"*/15 * * * *", [](int minute) { return minute % 15 == 0; }, true},
       {"7 * * * *", [](int minute) { return minute % 60 == 7; }, true},
       {"*/10 0-3 * * *", [](int minute) { return minute < 240 && minute % 10 == 0; }},
       {"30 2 * * *", [](int minute) { return minute == 150; }},
       {"15,45 0,1,2,23 * * *", [](int minute) {
          const int hour = minute / 60;
          return (minute % 60 == 15 || minute % 60 == 45) && (hour < 3 || hour == 23);
        }}}};
  std::size_t compared = 0;
  for (const Change& change : changes) {
    const base::Instant begin = instant(change.around) + base::Millis(-36 * 3'600'000LL);
    for (const Times& times : all) {
      INFO(change.zone << " " << change.around << " " << times.text);
      const Cron parsed = cron(times.text, change.zone);
      base::Instant at = begin;
      for (const std::int64_t expected :
           walked(change.zone, begin, 72, times.matches, times.twice)) {
        at = parsed.next(at);
        REQUIRE(base::format_instant(at) == base::format_instant({expected}));
        ++compared;
      }
    }
  }
  WARN(compared << " times in " << changes.size() << " changes of the clocks");
}

TEST_CASE("a timetable is an interval, a cron expression, or both", "[timetable]") {
  const auto parse = [](const char* json) {
    auto parsed = Timetable::parse(base::Json::parse(json), "schedule");
    REQUIRE(parsed);
    return *parsed;
  };
  const base::Instant at = instant("2027-01-15T08:10:00Z");
  CHECK(parse(R"("6h")").next(at) == at + base::Millis(6h));
  CHECK(parse(R"({"every":"6h"})").next(at) == at + base::Millis(6h));
  CHECK(parse(R"({"cron":"0 9 * * *"})").next(at) == instant("2027-01-15T09:00:00Z"));
  const Timetable both = parse(R"({"every":"2h","cron":"0 9 * * *","zone":"Europe/Berlin"})");
  CHECK(both.next(instant("2027-01-15T07:30:00Z")) == instant("2027-01-15T08:00:00Z"));
  CHECK(both.next(at) == at + base::Millis(2h));
  CHECK(both.next(base::unset) == base::unset);
  CHECK(both.to_json().dump() == R"({"cron":"0 9 * * *","every":"2h","zone":"Europe/Berlin"})");
}

TEST_CASE("what is wrong with a timetable is named by its place", "[timetable]") {
  CHECK(wrong_table(R"("6")").starts_with("sources[0].schedule: "));
  CHECK(wrong_table(R"("0s")") == "sources[0].schedule: is shorter than \"1s\"");
  CHECK(wrong_table(R"({"every":"0s"})") == "sources[0].schedule.every: is shorter than \"1s\"");
  CHECK(wrong_table("{}") ==
        R"(sources[0].schedule: has neither "every", a duration, nor "cron", five fields)");
  CHECK(wrong_table(R"({"cron":"* * * *"})")
            .starts_with("sources[0].schedule.cron: has 4 fields; it takes five"));
  CHECK(wrong_table(R"({"cron":"60 * * * *"})") ==
        R"(sources[0].schedule.cron: minute "60" is not from 0 to 59)");
  CHECK(wrong_table(R"({"cron":"-1 * * * *"})") ==
        R"(sources[0].schedule.cron: minute "" is not a number from 0 to 59)");
  CHECK(wrong_table(R"({"cron":"0 0 0 * *"})") ==
        R"(sources[0].schedule.cron: day of the month "0" is not from 1 to 31)");
  CHECK(
      wrong_table(R"({"cron":"0 0 * foo *"})") ==
      R"(sources[0].schedule.cron: month "foo" is neither a number from 1 to 12 nor a name such as "jan")");
  CHECK(
      wrong_table(R"({"cron":"0 0 * * fri-mon"})") ==
      R"(sources[0].schedule.cron: weekday "fri-mon" ends before it begins: write two ranges, with a comma between)");
  CHECK(wrong_table(R"({"cron":"*/0 * * * *"})") ==
        R"(sources[0].schedule.cron: minute "*/0" has a step that is not from 1 to 59)");
  CHECK(wrong_table(R"({"cron":"1,,2 * * * *"})") ==
        R"(sources[0].schedule.cron: minute "" is not a number from 0 to 59)");
  CHECK(wrong_table(R"({"cron":"0 0 31 2,4 *"})") ==
        "sources[0].schedule.cron: names a day that no year has");
  CHECK(
      wrong_table(R"({"cron":"0 0 * * *","zone":"Europe/Berln"})") ==
      R"(sources[0].schedule.zone: "Europe/Berln" is not a time zone of the IANA database; did you mean "Europe/Berlin"?)");
  CHECK(wrong_table(R"({"every":"1h","zone":"UTC"})") ==
        R"(sources[0].schedule.zone: says nothing without "cron")");
  CHECK(wrong_table(R"({"crn":"0 0 * * *"})") ==
        R"(sources[0].schedule.crn: is not a known key; did you mean "cron"?)");
  CHECK(wrong_table("5").starts_with("sources[0].schedule: "));
}
