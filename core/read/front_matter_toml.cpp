// Without exceptions: what is no TOML is text.
#include <sstream>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "core/read/front_matter_value.hpp"

namespace freshet::read {
namespace {

using model::Json;

Json value_of(const toml::node& node, std::size_t depth);

Json map_of(const toml::table& table, std::size_t depth) {
  Json map = Json::object();
  for (const auto& [key, value] : table)
    put_value(map, std::string(key.str()), value_of(value, depth + 1));
  return map;
}

Json list_of(const toml::array& array, std::size_t depth) {
  Json list = Json::array();
  for (const toml::node& item : array) put_value(list, value_of(item, depth + 1));
  return list;
}

template <typename Value>
Json as_written(const Value& value) {  // dates and times
  std::ostringstream out;
  out << value;
  return out.str();
}

Json value_of(const toml::node& node, std::size_t depth) {
  if (depth > most_depth) return nullptr;
  if (const auto* table = node.as_table()) return map_of(*table, depth);
  if (const auto* array = node.as_array()) return list_of(*array, depth);
  if (const auto* text = node.as_string()) return cut_value(text->get());
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* date = node.as_date()) return as_written(date->get());
  if (const auto* time = node.as_time()) return as_written(time->get());
  if (const auto* both = node.as_date_time()) return as_written(both->get());
  return nullptr;
}

}  // namespace

std::optional<Json> read_toml(std::string_view block) {
  const toml::parse_result parsed = toml::parse(block);
  if (!parsed) return std::nullopt;
  return map_of(parsed.table(), 0);
}

}  // namespace freshet::read
