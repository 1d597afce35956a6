#include "core/query/compare.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace freshet::query {
namespace {

using base::Json;

std::optional<double> number_in(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

template <typename T>
Order order_of(const T& a, const T& b) {
  return a < b ? Order::less : b < a ? Order::greater : Order::equal;
}

}  // namespace

bool equals(const base::Json& a, const base::Json& b) {
  if (a.is_string() && b.is_string()) return a == b;
  if (a.is_number() || b.is_number()) {
    const auto left = number_in(a);
    const auto right = number_in(b);
    return left && right && *left == *right;
  }
  return a.type() == b.type() && a == b;
}

Order order(const base::Json& a, const base::Json& b) {
  const auto left = number_in(a);
  const auto right = number_in(b);
  if (left && right) return order_of(*left, *right);
  if (a.is_string() && b.is_string())
    return order_of(a.get_ref<const std::string&>(), b.get_ref<const std::string&>());
  return Order::none;
}

std::string text_of(const base::Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_structured() || value.is_null()) return {};
  return base::dump_json(value);
}

}  // namespace freshet::query
