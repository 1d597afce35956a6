#include "loader_web/date.hpp"

#include <chrono>

#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

// Reads a text from left to right; once something is not as expected, all that follows fails.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : left_(text) {}

  std::int64_t digits(std::size_t count, std::int64_t least, std::int64_t most) {
    const std::optional<std::int64_t> value =
        left_.size() < count ? std::nullopt : parse_number(left_.substr(0, count), most);
    if (!value || *value < least) return fail();
    left_.remove_prefix(count);
    return *value;
  }
  bool accept(std::string_view word) {
    if (!good_ || !left_.starts_with(word)) return false;
    left_.remove_prefix(word.size());
    return true;
  }
  void expect(std::string_view word) {
    if (!accept(word)) fail();
  }
  std::int64_t fail() {
    good_ = false;
    left_ = {};
    return 0;
  }
  bool good() const { return good_; }
  bool done() const { return good_ && left_.empty(); }
  char peek() const { return left_.empty() ? '\0' : left_.front(); }

 private:
  std::string_view left_;
  bool good_ = true;
};

// Days since 1970; fails the cursor where there is no such day (30 February).
std::int64_t days_of(Cursor& cursor, std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!cursor.good() || !date.ok()) return cursor.fail();
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

std::int64_t minutes_of_day(Cursor& cursor) {
  const std::int64_t hour = cursor.digits(2, 0, 23);
  cursor.expect(":");
  return hour * 60 + cursor.digits(2, 0, 59);
}

// ":11.25", in milliseconds; digits past the third are dropped.
std::int64_t seconds_part(Cursor& cursor) {
  if (!cursor.accept(":")) return 0;
  std::int64_t ms = cursor.digits(2, 0, 60) * 1000;
  if (!cursor.accept(".")) return ms;
  if (cursor.peek() < '0' || cursor.peek() > '9') return cursor.fail();
  for (std::int64_t worth = 100; cursor.peek() >= '0' && cursor.peek() <= '9'; worth /= 10)
    ms += worth * cursor.digits(1, 0, 9);
  return ms;
}

std::int64_t zone_minutes(Cursor& cursor) {
  if (cursor.accept("Z")) return 0;
  const bool east = cursor.accept("+");
  if (!east) cursor.expect("-");
  return (east ? 1 : -1) * minutes_of_day(cursor);
}

constexpr std::int64_t kMinute = 60'000, kDay = 1440 * kMinute;

}  // namespace

std::optional<std::int64_t> parse_lastmod(std::string_view text) {
  Cursor cursor(trim(text));
  const std::int64_t year = cursor.digits(4, 1970, 9999);
  cursor.expect("-");
  const std::int64_t month = cursor.digits(2, 1, 12);
  cursor.expect("-");
  const std::int64_t day = cursor.digits(2, 1, 31);
  std::int64_t ms = days_of(cursor, year, month, day) * kDay;
  if (cursor.accept("T")) {
    ms += minutes_of_day(cursor) * kMinute;
    ms += seconds_part(cursor);
    ms -= zone_minutes(cursor) * kMinute;
  }
  if (!cursor.done()) return std::nullopt;
  return ms;
}

}  // namespace freshet::loader_web
