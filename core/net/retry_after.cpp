#include "core/net/retry_after.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <ctime>
#include <string>

#include "core/base/text.hpp"

namespace freshet::net {
namespace {

using base::Instant;
using base::Millis;

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What the digits say, at most `enough`.
std::int64_t amount(std::string_view digits, std::int64_t enough) {
  std::int64_t sum = 0;
  for (const char c : digits) sum = std::min(sum * 10 + (c - '0'), enough);
  return sum;
}

}  // namespace

std::optional<Instant> parse_http_date(std::string_view text) {
  // libcurl reads more than HTTP's forms, which begin with a weekday and have a time.
  const bool form =
      !text.empty() && text.size() <= 64 && text.front() > '9' && text.find(':') != text.npos;
  if (!form) return std::nullopt;
  const std::time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
  if (seconds == -1) return std::nullopt;
  return Instant{std::int64_t{seconds} * 1000};
}

std::optional<Millis> parse_retry_after(std::string_view value, Instant now, Millis cap) {
  value = base::trim(value);
  if (all_digits(value)) return std::min(Millis(amount(value, cap.count() / 1000 + 1) * 1000), cap);
  const auto date = parse_http_date(value);
  if (!date) return std::nullopt;
  return std::clamp(*date - now, Millis(0), cap);
}

std::optional<Millis> parse_retry_after_ms(std::string_view value, Millis cap) {
  value = base::trim(value);
  const std::size_t point = std::min(value.find('.'), value.size());
  const std::string_view whole = value.substr(0, point);
  const std::string_view rest = value.substr(point);
  if (!all_digits(whole) || (!rest.empty() && !all_digits(rest.substr(1)))) return std::nullopt;
  const bool up = rest.find_first_not_of(".0") != std::string_view::npos;
  return std::min(Millis(amount(whole, cap.count()) + (up ? 1 : 0)), cap);
}

}  // namespace freshet::net
