#include "core/base/instant.hpp"

#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using namespace freshet;
using base::Instant;
using base::Millis;

namespace {

Millis duration(const char* text) {
  const auto parsed = base::parse_duration(text);
  REQUIRE(parsed);
  return *parsed;
}

std::int64_t instant(const char* text) {
  const auto parsed = base::parse_instant(text);
  REQUIRE(parsed);
  return parsed->ms;
}

std::uint64_t size(const char* text) {
  const auto parsed = base::parse_size(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("durations are read in each form") {
  CHECK(duration("500ms") == 500ms);
  CHECK(duration("90s") == 90s);
  CHECK(duration("15m") == 15min);
  CHECK(duration("24h") == 24h);
  CHECK(duration("7d") == 168h);
  CHECK(duration("2w") == 336h);
  CHECK(duration("1h30m") == 90min);
  CHECK(duration("0s") == 0s);
  CHECK(duration("PT24H") == 24h);
  CHECK(duration("P7D") == 168h);
  CHECK(duration("P1DT2H3M4S") == 26h + 3min + 4s);
  CHECK(duration("36525d") == 24h * 36'525);
}

TEST_CASE("what is no duration is refused in one line", "[C02]") {
  for (const char* text :
       {"",       "5",     "-1s",    "+1s",  "1.5h", "1e999", "99999999999d",
        "36526d", "1mo",   "NaN",    "h",    "24 h", "24H",   "9223372036854775808ms",
        "1h1h",   "30m1h", "P",      "PT",   "P1DT", "P1H",   "PT1D",
        "PT1S1H", "P-1D",  "PT1.5S", "24h\n"}) {
    INFO(text);
    const auto parsed = base::parse_duration(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == base::Code::invalid_argument);
    CHECK(parsed.error().message.find("24h") != std::string::npos);
    CHECK(parsed.error().message.find('\n') == std::string::npos);
  }
  CHECK(base::parse_duration(std::string(100'000, '1')).error().message.size() < 300);
}

TEST_CASE("a duration is written as it can be read") {
  CHECK(base::format_duration(5'400'000ms) == "1h30m");
  CHECK(base::format_duration(24h) == "1d");
  CHECK(base::format_duration(0ms) == "0s");
  CHECK(base::format_duration(1ms) == "1ms");
  CHECK(base::format_duration(-90s) == "-1m30s");
  CHECK(base::format_duration(Millis::min()).starts_with("-"));
  for (const std::int64_t ms : {1LL, 999LL, 61'001LL, 86'399'999LL, 86'400'000LL, 31'536'000'000LL})
    CHECK(*base::parse_duration(base::format_duration(Millis(ms))) == Millis(ms));
}

TEST_CASE("instants saturate at the ends of time") {
  CHECK(base::never + 1ms == base::never);
  CHECK(Instant{5} + Millis::max() == base::never);
  CHECK((Instant{-5} + Millis::min()).ms == INT64_MIN);
  CHECK(base::never - Instant{-5} == Millis::max());
  CHECK(Instant{INT64_MIN} - Instant{5} == Millis::min());
  CHECK(Instant{7} - Instant{5} == 2ms);
}

TEST_CASE("dates and times are read with their zone") {
  CHECK(instant("1970-01-01") == 0);
  CHECK(instant("2026-11-20") == 1'795'132'800'000);
  CHECK(instant("2026-11-20T16:01:11Z") == 1'795'190'471'000);
  CHECK(instant("2026-11-20T16:01:11.250Z") == 1'795'190'471'250);
  CHECK(instant("2026-11-20T16:01:11.2509999Z") == 1'795'190'471'250);
  CHECK(instant("2026-11-20T18:01:11+02:00") == 1'795'190'471'000);
  CHECK(instant("2026-11-20T18:01:11+0200") == 1'795'190'471'000);
  CHECK(instant("2026-11-20T10:31:11-05:30") == 1'795'190'471'000);
  CHECK(instant("2026-11-20T16:01Z") == 1'795'190'460'000);
  CHECK(instant("2026-11-20 16:01:11Z") == 1'795'190'471'000);
  CHECK(instant("2024-02-29") == 1'709'164'800'000);
  CHECK(instant("2016-12-31T23:59:60Z") == instant("2017-01-01T00:00:00Z"));  // a leap second
  CHECK(instant("1969-12-31T23:59:59Z") == -1000);
  CHECK(instant("2038-01-19T03:14:08Z") == 2'147'483'648'000);
}

TEST_CASE("what is no date is refused") {
  for (const char* text :
       {"", "2026", "2026-13-01", "2026-02-30", "2025-02-29", "2026-11-20T", "2026-11-20T16",
        "2026-11-20T16:01", "2026-11-20T24:00:00Z", "2026-11-20T16:60:00Z", "2026-11-20T16:01:61Z",
        "2026-11-20T16:01:11.Z", "2026-11-20T16:01:11+25:00", "2026-11-20T16:01:11Zx", "20261120",
        "2026/11/20", "-026-11-20", "2026-11-20x", "yesterday"}) {
    INFO(text);
    CHECK_FALSE(base::parse_instant(text));
  }
}

TEST_CASE("instants are written in one form") {
  CHECK(base::format_instant(Instant{1'795'190'471'250}) == "2026-11-20T16:01:11.250Z");
  CHECK(base::format_instant(Instant{-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(base::format_instant(base::never) == "never");
  CHECK(base::format_instant(base::unset).empty());
  CHECK(base::format_instant(Instant{INT64_MIN}) == "-9223372036854775808ms");
  for (const std::int64_t ms : {1LL, -1LL, 951'782'400'000LL, 253'402'300'799'999LL})
    CHECK(instant(base::format_instant(Instant{ms}).c_str()) == ms);
}

TEST_CASE("sizes are read in bytes, decimal and binary units") {
  CHECK(size("512") == 512);
  CHECK(size("512B") == 512);
  CHECK(size("64KiB") == 65'536);
  CHECK(size("10MiB") == 10'485'760);
  CHECK(size("2GiB") == 2'147'483'648);
  CHECK(size("1GB") == 1'000'000'000);
  for (const char* text :
       {"", "-1", "1.5MiB", "MiB", "10mib", "10 MiB", "9223372036854775807GiB", "10XB"}) {
    INFO(text);
    CHECK_FALSE(base::parse_size(text));
  }
}
