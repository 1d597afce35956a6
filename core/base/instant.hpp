// core/base/instant.hpp - points in time and durations, as the repository and the options hold
// them.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace freshet::base {

using Millis = std::chrono::milliseconds;

// Milliseconds since 1970-01-01 UTC, by the wall clock.
struct Instant {
  std::int64_t ms = 0;
  friend auto operator<=>(const Instant&, const Instant&) = default;
  friend Instant operator+(Instant at, Millis by);  // saturates: never wraps round
  friend Millis operator-(Instant a, Instant b);    // saturates, too
};

// "Never yet" as a timestamp, and "never again" as a time to ask again.
inline constexpr Instant unset{0};
inline constexpr Instant never{std::numeric_limits<std::int64_t>::max()};

// "90s", "24h", "7d", "2w", "500ms", "1h30m", or ISO 8601 "PT24H", "P7D". No sign, no fractions, no
// bare numbers; each unit once, the larger first. Fails with invalid_argument, saying what is
// accepted.
Result<Millis> parse_duration(std::string_view text);

// The shortest of the forms above that says the same: 5400000 ms is "1h30m".
std::string format_duration(Millis duration);

// "2026-11-20T16:01:11.250Z"; "never" for never, "" for unset.
std::string format_instant(Instant at);

// Takes ISO 8601 dates and date-times with a zone, as sitemaps and headers bear them.
Result<Instant> parse_instant(std::string_view text);

// "10MiB", "64KiB", "1GB", "512": bytes.
Result<std::uint64_t> parse_size(std::string_view text);

}  // namespace freshet::base
