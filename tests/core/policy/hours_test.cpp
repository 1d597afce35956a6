#include <date/tz.h>

#include "tests/core/policy/support.hpp"

using namespace std::chrono_literals;
using namespace freshet::policy;
using namespace freshet::policy::test;
namespace base = freshet::base;

namespace {

base::Instant utc(const char* text) { return *base::parse_instant(text); }

PolicyPtr hours(const std::string& of) { return parsed(R"({"business_hours":{)" + of + "}}"); }

}  // namespace

TEST_CASE("business hours refresh what is stale, half-open by the minute", "[RP business hours]") {
  const auto policy = hours(R"("ttl":"8h","from":"09:00","to":"18:00")");
  const auto at = [&](const char* time) {
    return refreshes(policy, read(9h, utc(time)), utc(time));
  };
  CHECK_FALSE(at("2027-01-15T08:59:59Z"));
  CHECK(at("2027-01-15T09:00:00Z"));
  CHECK(at("2027-01-15T17:59:59Z"));
  CHECK_FALSE(at("2027-01-15T18:00:00Z"));
  CHECK_FALSE(
      refreshes(policy, read(7h, utc("2027-01-15T12:00:00Z")), utc("2027-01-15T12:00:00Z")));
}

TEST_CASE("what is not known yet is read at once, or waits for the hours", "[RP business hours]") {
  const auto night = utc("2027-01-15T03:00:00Z");
  CHECK(refreshes(hours(R"("ttl":"8h","from":"09:00","to":"17:00")"), missing(), night));
  const auto waiting = hours(R"("ttl":"8h","from":"09:00","to":"17:00","unknown_waits":true)");
  CHECK(waiting->decide(missing(), night)->ask_again == utc("2027-01-15T09:00:00Z"));
  CHECK(waiting->decide(missing(), night)->reason == "outside the hours");
}

TEST_CASE("it is asked again when the TTL runs out, or when the window opens after that") {
  const auto policy = hours(R"("ttl":"8h","from":"09:00","to":"17:00","days":"mon-fri")");
  const auto again = [&](base::Millis age, const char* time) {
    return base::format_instant(policy->decide(read(age, utc(time)), utc(time))->ask_again);
  };
  CHECK(again(1h, "2027-01-15T03:00:00Z") == "2027-01-15T10:00:00.000Z");
  CHECK(again(20h, "2027-01-15T03:00:00Z") == "2027-01-15T09:00:00.000Z");
  CHECK(again(1h, "2027-01-15T12:00:00Z") ==
        "2027-01-18T09:00:00.000Z");  // Friday evening to Monday
  CHECK(again(20h, "2027-01-16T12:00:00Z") == "2027-01-18T09:00:00.000Z");
}

TEST_CASE("a window may pass midnight, and belongs to the day on which it opens") {
  const auto policy = hours(R"("ttl":"1h","from":"22:00","to":"06:00","days":"fri")");
  const auto at = [&](const char* time) {
    return refreshes(policy, read(9h, utc(time)), utc(time));
  };
  CHECK_FALSE(at("2027-01-15T05:00:00Z"));  // a Friday
  CHECK(at("2027-01-15T22:00:00Z"));
  CHECK(at("2027-01-16T05:59:00Z"));
  CHECK_FALSE(at("2027-01-16T06:00:00Z"));
  CHECK_FALSE(at("2027-01-16T22:00:00Z"));
}

TEST_CASE("hours can be those to avoid") {
  const auto policy =
      hours(R"("ttl":"1h","from":"08:00","to":"20:00","days":"mon-fri","avoid":true)");
  const auto noon = utc("2027-01-15T12:00:00Z");
  CHECK(policy->decide(read(9h, noon), noon)->ask_again == utc("2027-01-15T20:00:00Z"));
  CHECK(refreshes(policy, read(9h, noon + 24h), noon + 24h));
  CHECK(refused(R"({"business_hours":{"ttl":"1h","from":"00:00","to":"24:00","avoid":true}})")
            .message == "leaves no hour of the week");
}

TEST_CASE("the far future and the time before clocks are no trouble") {
  const auto policy = hours(R"("ttl":"8h","from":"09:00","to":"17:00","timezone":"Europe/Berlin")");
  for (const base::Instant at :
       {base::Instant{0}, base::Instant{-9'000'000'000'000'000}, base::Instant{253'000'000'000'000},
        base::Instant{9'000'000'000'000'000'000}, base::never}) {
    INFO(at.ms);
    const auto decision = policy->decide(read(9h, at), at);
    REQUIRE(decision);
    CHECK(decision->ask_again >= at);
  }
}

// The same question put to the database's own conversions, minute by minute.
TEST_CASE(
    "by the clocks of eight zones, a window is open when they say so, and next when they do") {
  struct Case {
    const char* zone;
    const char* around;  // a change of its clocks, or of its rules
  };
  const Case cases[] = {
      {"Europe/Berlin", "2027-03-28T01:00:00Z"},
      {"Europe/Berlin", "2027-10-31T01:00:00Z"},
      {"America/New_York", "2027-03-14T07:00:00Z"},
      {"America/New_York", "2027-11-07T06:00:00Z"},
      {"Australia/Lord_Howe", "2027-04-03T15:00:00Z"},  // by half an hour
      {"Australia/Lord_Howe", "2027-10-02T15:30:00Z"},
      {"Australia/Sydney", "2027-10-02T16:00:00Z"},   // southern
      {"America/Sao_Paulo", "2019-02-17T02:00:00Z"},  // its last change
      {"Africa/Casablanca", "2027-02-07T02:00:00Z"},  // back in summer time after Ramadan
      {"Asia/Kathmandu", "1985-12-31T18:30:00Z"},     // to a quarter of an hour
      {"Pacific/Apia", "2011-12-30T10:00:00Z"},       // skipped a Friday
      {"Asia/Kolkata", "2027-01-01T00:00:00Z"}};
  for (const Case& each : cases)
    for (const auto& [from, to] : {std::pair{60, 150}, {135, 165}, {1410, 90}, {0, 1440}}) {
      INFO(each.zone << " " << each.around << " " << from << " to " << to);
      const auto* zone = date::locate_zone(each.zone);
      const auto text = [](int minute) {
        const std::string hour = std::to_string(minute / 60), rest = std::to_string(minute % 60);
        return std::string(2 - hour.size(), '0') + hour + ":" + std::string(2 - rest.size(), '0') +
               rest;
      };
      const auto policy = hours(R"("ttl":"0s","unknown_waits":true,"days":"thu-mon","timezone":")" +
                                std::string(each.zone) + R"(","from":")" + text(from) +
                                R"(","to":")" + text(to) + "\"");
      const auto opens = [](date::local_days day) {
        const unsigned on = date::weekday(day).c_encoding();
        return on == 0 || on == 1 || on >= 4;
      };
      const auto open = [&, from = from, to = to](base::Instant at) {
        const auto local = zone->to_local(date::sys_time<base::Millis>(base::Millis(at.ms)));
        const auto day = std::chrono::floor<date::days>(local);
        const auto minute = (local - day) / 1min;
        if (from < to) return opens(day) && minute >= from && minute < to;
        return (opens(day) && minute >= from) || (opens(day - date::days(1)) && minute < to);
      };
      int wrong = 0;
      base::Instant next = base::never;  // seen from the end
      for (base::Instant at = utc(each.around) + 96h; at > utc(each.around) + -30h;
           at = at + -1min) {
        if (open(at)) next = at;
        const auto decision = policy->decide(missing(), at);
        if (decision->refresh != open(at)) ++wrong;
        if (next != base::never && decision->ask_again != next) ++wrong;
      }
      CHECK(wrong == 0);
    }
}

TEST_CASE("business hours read the JSON that they write") {
  for (const char* text :
       {R"({"business_hours":{"ttl":"8h","from":"09:00","to":"17:00","timezone":"UTC"}})",
        R"({"business_hours":{"ttl":"1d","from":"22:30","to":"24:00","days":"mon,wed,sun",
            "timezone":"Europe/Berlin","counts_from":"ingested","avoid":true,"unknown_waits":true}})"})
    CHECK(parsed(text)->to_json() == base::Json::parse(text));
  CHECK(hours(R"("ttl":"8h","from":"09:00","to":"17:00","days":"fri-mon")")
            ->to_json()["business_hours"]["days"] == "mon,fri,sat,sun");
}

TEST_CASE("what is wrong with the hours is named") {
  const auto wrong = [](const char* of) {
    return refused(std::string(R"({"business_hours":{"ttl":"8h",)") + of + "}}");
  };
  CHECK(wrong(R"("from":"09:00")").subject == "sources[0].policy.business_hours.to");
  CHECK(wrong(R"("from":"","to":"17:00")").subject == "sources[0].policy.business_hours.from");
  CHECK(wrong(R"("from":9,"to":"17:00")").subject == "sources[0].policy.business_hours.from");
  CHECK(wrong(R"("from":"24:00","to":"17:00")").subject == "sources[0].policy.business_hours.from");
  CHECK(wrong(R"("from":"09:60","to":"17:00")").message ==
        R"("09:60" is not a time of the day: write it as "09:00")");
  CHECK(wrong(R"("from":"09:00","to":"24:01")").subject == "sources[0].policy.business_hours.to");
  CHECK(wrong(R"("from":"09:00","to":"09:00")").message ==
        R"(is when it begins: write "00:00" to "24:00" for the whole day)");
  CHECK(wrong(R"("from":"09:00","to":"17:00","days":"mon-funday")").subject ==
        "sources[0].policy.business_hours.days");
  CHECK(wrong(R"("from":"09:00","to":"17:00","days":"")").subject ==
        "sources[0].policy.business_hours.days");
  const auto zone = wrong(R"("from":"09:00","to":"17:00","timezone":"Europe/Berlim")");
  CHECK(zone.subject == "sources[0].policy.business_hours.timezone");
  CHECK(
      zone.message ==
      R"("Europe/Berlim" is not a time zone of the IANA database; did you mean "Europe/Berlin"?)");
  CHECK(wrong(R"("from":"09:00","to":"17:00","timezone":"../../etc/passwd")").subject ==
        "sources[0].policy.business_hours.timezone");
}
