#include "core/policy/window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/policy/zone.hpp"

namespace freshet::policy {
namespace {

using base::Code;
using base::Instant;
using base::Result;
using base::Status;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 7> day_names{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};
constexpr unsigned all_days = 0x7f;
// The last instant whose date is looked at, in the year 9999: far from where dates overflow.
constexpr Instant last_date{253'370'764'800'000};
constexpr int looked_at = 16;  // days; a zone that skips one has its window within twice a week

Result<int> parse_time(const std::string& text, const std::string& path, bool end) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4)) {
    const int hour = (text[0] - '0') * 10 + text[1] - '0',
              minute = (text[3] - '0') * 10 + text[4] - '0';
    if ((hour < 24 && minute < 60) || (end && hour == 24 && minute == 0)) return hour * 60 + minute;
  }
  return base::fail(Code::invalid_argument,
                    fmt::format("{} is not a time of the day: write it as \"09:00\"{}",
                                base::in_quotes(text), end ? ", at most \"24:00\"" : ""),
                    path);
}

std::string format_time(int minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); }

Result<unsigned> day_of(std::string_view name, const std::string& path) {
  const auto found = std::find(day_names.begin(), day_names.end(), name);
  if (found != day_names.end()) return static_cast<unsigned>(found - day_names.begin());
  return base::fail(Code::invalid_argument,
                    fmt::format(R"({} is not a day: write days as "mon-fri" or "sat,sun")",
                                base::in_quotes(std::string(name))),
                    path);
}

Result<unsigned> parse_days(std::string_view text, const std::string& path) {
  unsigned days = 0;
  while (true) {
    const std::string_view part = text.substr(0, text.find(','));
    const std::size_t dash = part.find('-');
    FRESHET_ASSIGN(const unsigned first, day_of(part.substr(0, dash), path));
    unsigned last = first;
    if (dash != std::string_view::npos) {
      FRESHET_ASSIGN(last, day_of(part.substr(dash + 1), path));
    }
    for (unsigned day = first;; day = (day + 1) % 7) {
      days |= 1u << day;
      if (day == last) break;
    }
    if (part.size() == text.size()) return days;
    text.remove_prefix(part.size() + 1);
  }
}

std::string format_days(unsigned days) {
  std::string out;
  for (std::size_t i = 1; i <= 7; ++i)  // weeks begin on Monday
    if ((days >> (i % 7) & 1) != 0) out += (out.empty() ? "" : ",") + std::string(day_names[i % 7]);
  return out;
}

}  // namespace

Result<Window> Window::parse(base::ObjectReader& reader, const std::string& path) {
  Window window;
  // What is missing, or no text, is the reader's to say.
  std::string from = "00:00", to = "24:00", days = "mon-sun", zone = "UTC";
  reader.require("from");
  reader.text("from", from);
  reader.require("to");
  reader.text("to", to);
  reader.text("days", days);
  reader.text("timezone", zone);
  FRESHET_ASSIGN(window.from_, parse_time(from, base::join_path(path, "from"), false));
  FRESHET_ASSIGN(window.to_, parse_time(to, base::join_path(path, "to"), true));
  FRESHET_ASSIGN(window.days_, parse_days(days, base::join_path(path, "days")));
  FRESHET_ASSIGN(window.zone_, find_zone(zone, base::join_path(path, "timezone")));
  if (window.from_ != window.to_) return window;
  return base::fail(Code::invalid_argument,
                    R"(is when it begins: write "00:00" to "24:00" for the whole day)",
                    base::join_path(path, "to"));
}

void Window::write(base::Json& out) const {
  out["from"] = format_time(from_);
  out["to"] = format_time(to_);
  if (days_ != all_days) out["days"] = format_days(days_);
  out["timezone"] = zone_->name();
}

bool Window::contains(Instant at) const {
  const auto time = std::chrono::floor<seconds>(time_of(at));
  const date::local_seconds local(time.time_since_epoch() + zone_->get_info(time).offset);
  const date::local_days day = std::chrono::floor<date::days>(local);
  const int minute = static_cast<int>(std::chrono::floor<minutes>(local - day).count());
  const auto opens = [&](date::local_days on) {
    return (days_ >> date::weekday(on).c_encoding() & 1) != 0;
  };
  if (from_ < to_) return opens(day) && minute >= from_ && minute < to_;
  return (minute >= from_ && opens(day)) || (minute < to_ && opens(day - date::days(1)));
}

// Only when the clocks show its begin or its end, or are changed, can it open or close.
Instant Window::first(Instant at, bool inside) const {
  if (at >= last_date || contains(at) == inside) return at;
  const auto time = std::chrono::floor<seconds>(time_of(at));
  const date::sys_info info = zone_->get_info(time);
  const date::local_days today =
      std::chrono::floor<date::days>(date::local_seconds(time.time_since_epoch() + info.offset));
  std::vector<Instant> changes;
  for (date::sys_seconds change = info.end; change < time + date::days(looked_at);
       change = zone_->get_info(change).end)
    changes.push_back(instant_of(change));
  for (int day = 0; day < looked_at; ++day)
    for (const int minute : {from_, to_})
      add_instants(*zone_, today + date::days(day) + minutes(minute), changes);
  std::sort(changes.begin(), changes.end());
  for (const Instant change : changes)
    if (change > at && contains(change) == inside) return change;
  return base::never;
}

}  // namespace freshet::policy
