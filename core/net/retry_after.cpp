#include "core/net/retry_after.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "core/base/text.hpp"

namespace freshet::net {
namespace {

using base::Instant;
using base::Millis;

constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// -1 unless `text` is a number of at most four digits.
int number(std::string_view text) {
  if (!all_digits(text) || text.size() > 4) return -1;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

int month_number(std::string_view text) {
  const std::string name = base::to_lower(text);
  const auto found = std::find(months.begin(), months.end(), name);
  return found == months.end() ? -1 : static_cast<int>(found - months.begin()) + 1;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(separators);
    if (end != 0) parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

// RFC 9110: a two-digit year that seems more than 50 years ahead is in the past.
int full_year(int year, Instant now) {
  using namespace std::chrono;
  const sys_days today = floor<days>(sys_time<Millis>(Millis(now.ms)));
  const int this_year = static_cast<int>(year_month_day(today).year());
  const int guess = this_year - this_year % 100 + year;
  return guess > this_year + 50 ? guess - 100 : guess;
}

std::optional<Instant> assemble(int year, int month, int day, std::string_view time) {
  using namespace std::chrono;
  const auto parts = split(time, ":");
  if (parts.size() != 3 || year < 0 || month < 0 || day < 0) return std::nullopt;
  const int hour = number(parts[0]);
  const int minute = number(parts[1]);
  const int second = number(parts[2]);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return std::nullopt;
  const year_month_day date{std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const auto at = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
  return Instant{duration_cast<Millis>(at.time_since_epoch()).count()};
}

}  // namespace

std::optional<Instant> parse_http_date(std::string_view text, Instant now) {
  if (text.size() > 64) return std::nullopt;
  const auto parts = split(text, " ,");
  if (parts.size() == 6 && parts[5] == "GMT")
    return assemble(number(parts[3]), month_number(parts[2]), number(parts[1]), parts[4]);
  if (parts.size() == 4 && parts[3] == "GMT") {
    const auto date = split(parts[1], "-");
    if (date.size() != 3 || date[2].size() != 2) return std::nullopt;
    const int year = number(date[2]);
    if (year < 0) return std::nullopt;
    return assemble(full_year(year, now), month_number(date[1]), number(date[0]), parts[2]);
  }
  if (parts.size() == 5)
    return assemble(number(parts[4]), month_number(parts[1]), number(parts[2]), parts[3]);
  return std::nullopt;
}

std::optional<Millis> parse_retry_after(std::string_view value, Instant now, Millis cap) {
  value = base::trim(value);
  if (all_digits(value)) {
    std::int64_t seconds = 0;
    const std::int64_t enough = cap.count() / 1000 + 1;
    for (const char c : value) seconds = std::min(seconds * 10 + (c - '0'), enough);
    return std::min(Millis(seconds * 1000), cap);
  }
  const auto date = parse_http_date(value, now);
  if (!date) return std::nullopt;
  return std::clamp(*date - now, Millis(0), cap);
}

}  // namespace freshet::net
