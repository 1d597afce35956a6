#include "core/policy/cron.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/text.hpp"
#include "core/policy/zone.hpp"

namespace freshet::policy {
namespace {

using base::Code;
using base::Instant;
using base::Result;
using base::Status;
using std::chrono::minutes;

// Far from where dates overflow.
constexpr Instant last_date{253'370'764'800'000};
constexpr int longest_wait = 366 * 9;   // days: from one 29 February to the next, around 2100
constexpr minutes longest_repeat{180};  // no clocks are put back by more

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed",
                                                        "thu", "fri", "sat"};

// One of the five: what may stand in it.
struct Field {
  std::string_view name;
  int least, most;
  std::span<const std::string_view> names = {};  // of the values from `least` on
};
const std::array<Field, 5> fields{{{"minute", 0, 59},
                                   {"hour", 0, 23},
                                   {"day of the month", 1, 31},
                                   {"month", 1, 12, month_names},
                                   {"weekday", 0, 7, weekday_names}}};

struct Parsed {
  std::bitset<64> values;
  bool star = false;  // begins with "*", so restricts nothing of itself
};

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out = split(text, ' ');
  std::erase_if(out, [](std::string_view word) { return word.empty(); });
  return out;
}

// Reads the terms of one field.
class FieldReader {
 public:
  FieldReader(const Field& field, const std::string& path) : field_(field), path_(path) {}

  Result<Parsed> read(std::string_view text) const {
    Parsed out;
    out.star = text.starts_with('*');
    for (const std::string_view term : split(text, ',')) FRESHET_TRY(add(term, out.values));
    return out;
  }

 private:
  tl::unexpected<base::Error> wrong(std::string_view text, const std::string& why) const {
    return base::fail(Code::invalid_argument,
                      fmt::format("{} {} {}", field_.name, base::in_quotes(std::string(text)), why),
                      path_);
  }

  Result<int> number(std::string_view text) const {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!text.empty() && error == std::errc() && end == text.data() + text.size() && text[0] != '-')
      return value;
    return wrong(text,
                 field_.names.empty()
                     ? fmt::format("is not a number from {} to {}", field_.least, field_.most)
                     : fmt::format("is neither a number from {} to {} nor a name such as \"{}\"",
                                   field_.least, field_.most, field_.names[0]));
  }

  Result<int> value(std::string_view text) const {
    const std::string name = base::to_lower(text);
    for (std::size_t i = 0; i < field_.names.size(); ++i)
      if (field_.names[i] == name) return field_.least + static_cast<int>(i);
    FRESHET_ASSIGN(const int found, number(text));
    if (found >= field_.least && found <= field_.most) return found;
    return wrong(text, fmt::format("is not from {} to {}", field_.least, field_.most));
  }

  Status add(std::string_view term, std::bitset<64>& out) const {
    const std::size_t slash = term.find('/');
    const std::string_view range = term.substr(0, slash);
    int first = field_.least, last = field_.most, step = 1;
    if (range != "*") FRESHET_TRY(read_range(range, slash != std::string_view::npos, first, last));
    if (slash != std::string_view::npos) {
      FRESHET_ASSIGN(step, number(term.substr(slash + 1)));
      if (step < 1 || step > field_.most)
        return wrong(term, fmt::format("has a step that is not from 1 to {}", field_.most));
    }
    for (int i = first; i <= last; i += step) out.set(static_cast<std::size_t>(i));
    return {};
  }

  // "5", "1-5"; with a step a single value is the first of all that follow.
  Status read_range(std::string_view range, bool stepped, int& first, int& last) const {
    const std::size_t dash = range.find('-');
    FRESHET_ASSIGN(first, value(range.substr(0, dash)));
    if (dash == std::string_view::npos) {
      if (!stepped) last = first;
      return {};
    }
    FRESHET_ASSIGN(last, value(range.substr(dash + 1)));
    if (first <= last) return {};
    return wrong(range, "ends before it begins: write two ranges, with a comma between");
  }

  const Field& field_;
  const std::string& path_;
};

template <std::size_t Size>
std::bitset<Size> cut(const std::bitset<64>& values) {
  std::bitset<Size> out;
  for (std::size_t i = 0; i < Size; ++i) out[i] = values[i];
  return out;
}

// The longest that a month may be.
bool has_some_day(const std::bitset<32>& days, const std::bitset<13>& months) {
  constexpr std::array<std::size_t, 13> longest{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (std::size_t month = 1; month <= 12; ++month)
    for (std::size_t day = 1; months[month] && day <= longest[month]; ++day)
      if (days[day]) return true;
  return false;
}

}  // namespace

Result<Cron> Cron::parse(const std::string& text, const std::string& path, const std::string& zone,
                         const std::string& zone_path) {
  const auto parts = words(text);
  if (parts.size() != fields.size())
    return base::fail(
        Code::invalid_argument,
        fmt::format(R"(has {} fields; it takes five, such as "0 6 * * 1-5": minute, hour, )"
                    "day of the month, month, weekday",
                    parts.size()),
        path);
  std::array<Parsed, 5> read;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    FRESHET_ASSIGN(read[i], FieldReader(fields[i], path).read(parts[i]));
  }
  Cron cron;
  cron.text_ = fmt::format("{}", fmt::join(parts, " "));
  cron.minutes_ = cut<60>(read[0].values);
  cron.hours_ = cut<24>(read[1].values);
  cron.days_ = cut<32>(read[2].values);
  cron.months_ = cut<13>(read[3].values);
  if (read[4].values[7]) read[4].values.set(0);  // Sunday is 0 and 7
  cron.weekdays_ = cut<7>(read[4].values);
  cron.either_ = !read[2].star && !read[4].star;
  if (!cron.either_ && !has_some_day(cron.days_, cron.months_))
    return base::fail(Code::invalid_argument, "names a day that no year has", path);
  FRESHET_ASSIGN(cron.zone_, find_zone(zone, zone_path));
  return cron;
}

std::string Cron::zone() const { return zone_->name(); }

bool Cron::has_day(std::int64_t number) const {
  const std::chrono::sys_days day{std::chrono::days(number)};
  const std::chrono::year_month_day date(day);
  if (!months_[static_cast<unsigned>(date.month())]) return false;
  const bool by_date = days_[static_cast<unsigned>(date.day())];
  const bool by_weekday = weekdays_[std::chrono::weekday(day).c_encoding()];
  return either_ ? by_date || by_weekday : by_date && by_weekday;
}

// Of each time that the clocks show, the first. These come in the order of what is shown, so those
// before what is shown at `after` need no look.
Instant Cron::once(Instant after) const {
  const date::local_seconds now = shown_at(*zone_, after);
  const date::local_days today = std::chrono::floor<date::days>(now);
  int from = static_cast<int>(std::chrono::floor<minutes>(now - today).count());
  std::vector<Instant> at;
  for (int wait = 0; wait < longest_wait; ++wait, from = 0) {
    const date::local_days day = today + date::days(wait);
    if (!has_day(day.time_since_epoch().count())) continue;
    for (int minute = from; minute < 24 * 60; ++minute) {
      if (!has_minute(minute)) continue;
      at.clear();
      add_instants(*zone_, day + minutes(minute), at);
      if (at.front() > after) return at.front();
    }
  }
  return base::never;
}

// Of what the clocks show twice, the second, behind `after` and before `before`; else `before`.
Instant Cron::repeated(Instant after, Instant before) const {
  const auto now = std::chrono::floor<minutes>(shown_at(*zone_, after));
  std::vector<Instant> at;
  for (auto local = now - longest_repeat; local <= now + longest_repeat; local += minutes(1)) {
    const date::local_days day = std::chrono::floor<date::days>(local);
    const int minute = static_cast<int>((local - day).count());
    if (!minutes_[static_cast<std::size_t>(minute % 60)] ||
        !has_day(day.time_since_epoch().count()))
      continue;
    at.clear();
    add_instants(*zone_, local, at);
    if (at.back() > after && at.back() < before) before = at.back();
  }
  return before;
}

Instant Cron::next(Instant after) const {
  if (after >= last_date) return base::never;
  const Instant first = once(after);
  return hours_.all() ? repeated(after, first) : first;
}

}  // namespace freshet::policy
