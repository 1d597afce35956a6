// freshet/sdk/compare.hpp - how the values of a filter and of a row compare, so that freshet and all stores
// mean the same by a filter.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include <freshet/sdk/json.hpp>

namespace freshet::sdk {

enum class Order { less, equal, greater, none };

// The number that a value counts as beside a number; nothing where it is none.
inline std::optional<double> number_in(const nlohmann::json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

namespace detail {

template <typename T>
Order order_of(const T& a, const T& b) {
  return a < b ? Order::less : b < a ? Order::greater : Order::equal;
}

}  // namespace detail

// Numbers compare as doubles; a text that is a number counts as one beside a number. Values of kinds that
// do not compare are not equal, and neither less nor greater.
inline bool equals(const nlohmann::json& a, const nlohmann::json& b) {
  if (a.is_string() && b.is_string()) return a == b;
  if (a.is_number() || b.is_number()) {
    const auto left = number_in(a);
    const auto right = number_in(b);
    return left && right && *left == *right;
  }
  return a.type() == b.type() && a == b;
}

// Two texts that are both numbers compare as numbers, others byte by byte, so that ISO dates are in order.
inline Order order(const nlohmann::json& a, const nlohmann::json& b) {
  const auto left = number_in(a);
  const auto right = number_in(b);
  if (left && right) return detail::order_of(*left, *right);
  if (a.is_string() && b.is_string())
    return detail::order_of(a.get_ref<const std::string&>(), b.get_ref<const std::string&>());
  return Order::none;
}

// A text as it is, a number or a boolean as JSON writes it; "" for arrays and objects.
inline std::string text_of(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_structured() || value.is_null()) return {};
  return value.dump();
}

}  // namespace freshet::sdk
