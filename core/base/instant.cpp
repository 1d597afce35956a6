#include "core/base/instant.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "core/base/text.hpp"
#include "freshet/sdk/date.hpp"

namespace freshet::base {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ms;
};

constexpr std::array<Unit, 6> units{{{"ms", 1},
                                     {"s", 1000},
                                     {"m", 60'000},
                                     {"h", 3'600'000},
                                     {"d", 86'400'000},
                                     {"w", 604'800'000}}};

// A hundred years: far beyond any use, far below overflow.
constexpr std::int64_t longest_ms = 36'525LL * 86'400'000;

tl::unexpected<Error> bad_duration(std::string_view text) {
  return fail(
      Code::invalid_argument,
      fmt::format("{} is not a duration: write 500ms, 90s, 15m, 24h, 7d, 2w, 1h30m or PT24H, "
                  "at most 100 years",
                  in_quotes(text)));
}

// Reads digits from the front of `text`.
bool take_number(std::string_view& text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end == text.data() || text.front() == '-') return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// A sum of counts in ever smaller units.
class Sum {
 public:
  bool add(std::int64_t count, std::int64_t unit_ms) {
    if (unit_ms <= 0 || unit_ms >= last_unit_ms_ || count > longest_ms / unit_ms) return false;
    last_unit_ms_ = unit_ms;
    total_ms_ += count * unit_ms;
    return total_ms_ <= longest_ms;
  }
  Millis total() const { return Millis(total_ms_); }

 private:
  std::int64_t total_ms_ = 0;
  std::int64_t last_unit_ms_ = std::numeric_limits<std::int64_t>::max();
};

Result<Millis> parse_iso_duration(std::string_view whole) {
  std::string_view text = whole.substr(1);
  bool in_time = false;
  Sum sum;
  if (text.empty() || text == "T") return bad_duration(whole);
  while (!text.empty()) {
    if (text.front() == 'T' && !in_time) {
      in_time = true;
      text.remove_prefix(1);
      if (text.empty()) return bad_duration(whole);
      continue;
    }
    std::int64_t count = 0;
    if (!take_number(text, count) || text.empty()) return bad_duration(whole);
    const char unit = text.front();
    text.remove_prefix(1);
    std::int64_t unit_ms = 0;
    if (in_time) unit_ms = unit == 'H' ? 3'600'000 : unit == 'M' ? 60'000 : unit == 'S' ? 1000 : 0;
    if (!in_time) unit_ms = unit == 'D' ? 86'400'000 : unit == 'W' ? 604'800'000 : 0;
    if (!sum.add(count, unit_ms)) return bad_duration(whole);
  }
  return sum.total();
}

tl::unexpected<Error> bad_instant(std::string_view text) {
  return fail(
      Code::invalid_argument,
      fmt::format("{} is not a date: write 2026-11-20 or 2026-11-20T16:00:00Z", in_quotes(text)));
}

}  // namespace

Instant operator+(Instant at, Millis by) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(at.ms, static_cast<std::int64_t>(by.count()), &sum))
    return by.count() > 0 ? never : Instant{std::numeric_limits<std::int64_t>::min()};
  return Instant{sum};
}

Millis operator-(Instant a, Instant b) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a.ms, b.ms, &difference)) return a > b ? Millis::max() : Millis::min();
  return Millis(difference);
}

Result<Millis> parse_duration(std::string_view whole) {
  if (!whole.empty() && whole.front() == 'P') return parse_iso_duration(whole);
  std::string_view text = whole;
  Sum sum;
  if (text.empty()) return bad_duration(whole);
  while (!text.empty()) {
    std::int64_t count = 0;
    if (!take_number(text, count)) return bad_duration(whole);
    std::size_t letters = 0;
    while (letters < text.size() && text[letters] >= 'a' && text[letters] <= 'z') ++letters;
    const std::string_view name = text.substr(0, letters);
    text.remove_prefix(letters);
    std::int64_t unit_ms = 0;
    for (const Unit& unit : units)
      if (unit.name == name) unit_ms = unit.ms;
    if (!sum.add(count, unit_ms)) return bad_duration(whole);
  }
  return sum.total();
}

std::string format_duration(Millis duration) {
  if (duration.count() == 0) return "0s";
  if (duration == Millis::min()) duration = -Millis::max();  // has no positive counterpart
  if (duration.count() < 0) return "-" + format_duration(-duration);
  std::int64_t rest = duration.count();
  std::string text;
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
    if (unit->name == "w") continue;  // days read better than weeks and days
    if (rest < unit->ms) continue;
    text += fmt::format("{}{}", rest / unit->ms, unit->name);
    rest %= unit->ms;
  }
  return text;
}

std::string format_instant(Instant at) {
  if (at == never) return "never";
  if (at == unset) return "";
  constexpr std::int64_t last_ms = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z
  if (at.ms < -62'135'596'800'000 || at.ms > last_ms) return fmt::format("{}ms", at.ms);
  const std::int64_t seconds = at.ms >= 0 ? at.ms / 1000 : (at.ms - 999) / 1000;
  const auto when = static_cast<std::time_t>(seconds);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(when), at.ms - seconds * 1000);
}

Result<Instant> parse_instant(std::string_view text) {
  const auto ms = sdk::parse_date(text);
  if (!ms) return bad_instant(text);
  return Instant{*ms};
}

Result<std::uint64_t> parse_size(std::string_view whole) {
  const auto bad = [&] {
    return fail(
        Code::invalid_argument,
        fmt::format("{} is not a size: write 512, 64KiB, 10MiB, 2GiB or 1GB", in_quotes(whole)));
  };
  std::string_view text = whole;
  std::int64_t count = 0;
  if (!take_number(text, count)) return bad();
  static constexpr std::array<Unit, 8> sizes{{{"", 1},
                                              {"B", 1},
                                              {"KiB", 1 << 10},
                                              {"MiB", 1 << 20},
                                              {"GiB", 1 << 30},
                                              {"KB", 1000},
                                              {"MB", 1'000'000},
                                              {"GB", 1'000'000'000}}};
  for (const Unit& unit : sizes) {
    if (unit.name != text) continue;
    std::int64_t total = 0;
    if (__builtin_mul_overflow(count, unit.ms, &total)) return bad();
    return static_cast<std::uint64_t>(total);
  }
  return bad();
}

}  // namespace freshet::base
