// store_chroma/number.hpp - the number that a value counts as beside a number.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>

#include <freshet/sdk/json.hpp>

namespace store_chroma {

inline std::optional<double> number_in(const nlohmann::json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = problem == std::errc() && end == text.data() + text.size();
  return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

}  // namespace store_chroma
