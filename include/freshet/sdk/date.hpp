// freshet/sdk/date.hpp - dates as sources write them, so that all plugins and the core read them alike.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace freshet::sdk {
namespace detail {

// What is left of a date. Once something is not as expected, all that follows fails.
class DateText {
 public:
  explicit DateText(std::string_view text) : left_(text) {}

  bool accept(char c) {
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    return true;
  }
  void expect(bool good) {
    if (!good) good_ = false;
  }
  std::int64_t digit() {
    const bool good = !left_.empty() && left_.front() >= '0' && left_.front() <= '9';
    expect(good);
    if (!good) return 0;
    const char c = left_.front();
    left_.remove_prefix(1);
    return c - '0';
  }
  bool at_digit() const { return !left_.empty() && left_.front() >= '0' && left_.front() <= '9'; }
  std::int64_t two(std::int64_t most) {
    const std::int64_t tens = digit(), value = tens * 10 + digit();
    expect(value <= most);
    return value;
  }
  bool done() const { return good_ && left_.empty(); }
  bool at_end() const { return left_.empty(); }

 private:
  std::string_view left_;
  bool good_ = true;
};

// ":11.2509", in milliseconds; what is less than one is dropped. 60 is a leap second.
inline std::int64_t seconds_part(DateText& text) {
  if (!text.accept(':')) return 0;
  std::int64_t ms = text.two(60) * 1000;
  if (!text.accept('.')) return ms;
  text.expect(text.at_digit());
  for (std::int64_t worth = 100; text.at_digit(); worth /= 10) ms += worth * text.digit();
  return ms;
}

// "Z", "+02:00" or "+0200", in minutes.
inline std::int64_t zone_part(DateText& text) {
  if (text.accept('Z') || text.accept('z')) return 0;
  const bool west = text.accept('-');
  text.expect(west || text.accept('+'));
  const std::int64_t hours = text.two(14);
  (void)text.accept(':');
  return (west ? -1 : 1) * (hours * 60 + text.two(59));
}

}  // namespace detail

// "2026-11-20", or a date-time with its zone, "2026-11-20T16:01:11.25+01:00": ISO 8601 as sitemaps, feeds and
// front matter write it. In milliseconds since 1970-01-01 UTC; nothing where it is anything else.
inline std::optional<std::int64_t> parse_date(std::string_view whole) {
  using namespace std::chrono;
  detail::DateText text(whole);
  const std::int64_t century = text.two(99), year_of_century = text.two(99);
  text.expect(text.accept('-'));
  const std::int64_t month_number = text.two(12);
  text.expect(text.accept('-'));
  const year_month_day date{year(static_cast<int>(century * 100 + year_of_century)),
                            month(static_cast<unsigned>(month_number)),
                            day(static_cast<unsigned>(text.two(31)))};
  text.expect(date.ok());
  std::int64_t ms = sys_days(date).time_since_epoch() / milliseconds(1);
  if (!text.at_end()) {
    text.expect(text.accept('T') || text.accept('t') || text.accept(' '));
    ms += text.two(23) * 3'600'000;
    text.expect(text.accept(':'));
    ms += text.two(59) * 60'000;
    ms += detail::seconds_part(text);
    ms -= detail::zone_part(text) * 60'000;
  }
  if (!text.done()) return std::nullopt;
  return ms;
}

}  // namespace freshet::sdk
