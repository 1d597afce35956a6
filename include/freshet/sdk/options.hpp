// freshet/sdk/options.hpp - durations and sizes as options hold them. The host has checked them against the
// manifest before a plugin sees them; what does not parse here is thrown all the same.
#pragma once

#include <freshet/sdk/call.hpp>
#include <freshet/sdk/json.hpp>

namespace freshet::sdk {
namespace detail {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// A whole number followed by a unit, from the front of `text`, which is shortened by it.
inline std::uint64_t take_amount(std::string_view& text, std::span<const Unit> units,
                                 const std::string& whole) {
  std::uint64_t number = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
    if (__builtin_mul_overflow(number, std::uint64_t{10}, &number) ||
        __builtin_add_overflow(number, static_cast<std::uint64_t>(text[digits] - '0'), &number))
      throw Failure(FRESHET_E_INVALID_ARGUMENT, "is too large", whole);
  text.remove_prefix(digits);
  std::size_t letters = 0;
  while (letters < text.size() && (text[letters] < '0' || text[letters] > '9')) ++letters;
  for (const Unit& unit : units) {
    if (digits == 0 || text.substr(0, letters) != unit.name) continue;
    text.remove_prefix(letters);
    if (__builtin_mul_overflow(number, unit.factor, &number)) break;
    return number;
  }
  throw Failure(FRESHET_E_INVALID_ARGUMENT, "is neither a duration nor a size", whole);
}

}  // namespace detail

// "90s", "1h30m", "PT24H" in milliseconds.
inline std::int64_t duration_ms(const nlohmann::json& option) {
  static constexpr detail::Unit plain[] = {{"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000},
                                           {"m", 60'000},      {"s", 1000},       {"ms", 1}};
  static constexpr detail::Unit days[] = {{"W", 604'800'000}, {"D", 86'400'000}};
  static constexpr detail::Unit hours[] = {{"H", 3'600'000}, {"M", 60'000}, {"S", 1000}};
  const auto& whole = option.get_ref<const std::string&>();
  std::string_view text = whole;
  std::uint64_t sum = 0;
  if (text.starts_with('P')) {
    const std::size_t split = text.find('T');
    std::string_view date = text.substr(1, split == std::string_view::npos ? split : split - 1);
    std::string_view time =
        split == std::string_view::npos ? std::string_view() : text.substr(split + 1);
    while (!date.empty()) sum += detail::take_amount(date, days, whole);
    while (!time.empty()) sum += detail::take_amount(time, hours, whole);
  } else {
    do sum += detail::take_amount(text, plain, whole);
    while (!text.empty());
  }
  return static_cast<std::int64_t>(sum);
}

// "10MiB", "64KiB", "512", or a whole number, in bytes.
inline std::uint64_t size_bytes(const nlohmann::json& option) {
  static constexpr detail::Unit units[] = {
      {"", 1},           {"B", 1},     {"KiB", 1u << 10}, {"MiB", 1u << 20},
      {"GiB", 1u << 30}, {"KB", 1000}, {"MB", 1'000'000}, {"GB", 1'000'000'000}};
  if (option.is_number_unsigned()) return option.get<std::uint64_t>();
  const auto& whole = option.get_ref<const std::string&>();
  std::string_view text = whole;
  const std::uint64_t bytes = detail::take_amount(text, units, whole);
  if (!text.empty()) throw Failure(FRESHET_E_INVALID_ARGUMENT, "is not a size", whole);
  return bytes;
}

}  // namespace freshet::sdk
