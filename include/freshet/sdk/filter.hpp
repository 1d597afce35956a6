// freshet/sdk/filter.hpp - a filter as a tree. It was read and refused by the host: what comes is sound.
#pragma once

#include <freshet/plugin/store.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <freshet/sdk/call.hpp>
#include <freshet/sdk/json.hpp>

namespace freshet::sdk {

struct Filter {
  std::uint32_t op = FRESHET_FILTER_AND;  // FRESHET_FILTER_…
  std::vector<Filter> parts = {};         // of and, or and not
  std::string key = {};                   // of the others
  nlohmann::json value = {};

  // Throws FRESHET_E_INVALID_ARGUMENT on what is no filter.
  static Filter parse(std::string_view text);
};

namespace detail {

// In the order of their bits.
inline constexpr std::array<std::string_view, 18> filter_names = {
    "and", "or",  "not",      "eq",        "ne",  "gt",          "gte",       "lt",   "lte",
    "in",  "nin", "contains", "icontains", "ieq", "starts_with", "ends_with", "like", "has"};

[[noreturn]] inline void refuse_filter() {
  throw Failure(FRESHET_E_INVALID_ARGUMENT, "is not a filter", "filter");
}

inline Filter filter_of(const nlohmann::json& json) {
  if (!json.is_array() || json.empty() || !json[0].is_string()) refuse_filter();
  const auto& name = json[0].get_ref<const std::string&>();
  const auto found = std::find(filter_names.begin(), filter_names.end(), name);
  if (found == filter_names.end()) refuse_filter();
  Filter filter;
  filter.op = 1u << (found - filter_names.begin());
  if (filter.op <= FRESHET_FILTER_NOT) {
    if (filter.op == FRESHET_FILTER_NOT && json.size() != 2) refuse_filter();
    for (std::size_t i = 1; i < json.size(); ++i) filter.parts.push_back(filter_of(json[i]));
    return filter;
  }
  if (json.size() != 3 || !json[1].is_string()) refuse_filter();
  filter.key = json[1].get<std::string>();
  filter.value = json[2];
  return filter;
}

}  // namespace detail

// All that this header knows; for the info of a store that tests them all.
inline constexpr std::uint32_t all_filter_operators = (1u << detail::filter_names.size()) - 1;

inline Filter Filter::parse(std::string_view text) {
  return detail::filter_of(nlohmann::json::parse(text, nullptr, false));
}

}  // namespace freshet::sdk
