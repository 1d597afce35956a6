// core/read/front_matter_value.hpp - the values of front matter as metadata, within its limits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/document.hpp"

namespace freshet::read {

inline constexpr std::size_t most_depth = 8;     // of maps and lists in each other
inline constexpr std::size_t most_keys = 100;    // of a map
inline constexpr std::size_t most_items = 100;   // of a list
inline constexpr std::size_t most_value = 4096;  // bytes of a text

std::string cut_value(std::string_view text);  // without white space at its ends

// Null, and what is empty or too much, is left out.
void put_value(model::Json& map, const std::string& key, model::Json value);
void put_value(model::Json& list, model::Json value);

// The keys and values of `block`; nothing where it is something else.
std::optional<model::Json> read_yaml(std::string_view block);
std::optional<model::Json> read_toml(std::string_view block);

}  // namespace freshet::read
