#include "core/read/front_matter.hpp"

#include "core/base/text.hpp"
#include "core/read/front_matter_value.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t most_front_matter = 64 * 1024;

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line.substr(0, line.find_last_not_of(" \t") + 1);
}

}  // namespace

std::string cut_value(std::string_view text) {
  return std::string(base::front_of(base::trim(text), most_value));
}

void put_value(model::Json& map, const std::string& key, model::Json value) {
  const bool empty = value.is_null() || (value.is_structured() && value.empty());
  if (!empty && key.size() <= 100 && map.size() < most_keys) map[key] = std::move(value);
}

void put_value(model::Json& list, model::Json value) {
  const bool empty = value.is_null() || (value.is_structured() && value.empty());
  if (!empty && list.size() < most_items) list.push_back(std::move(value));
}

FrontMatter take_front_matter(std::string_view text) {
  FrontMatter found;
  found.rest = text;
  std::string_view rest = text;
  const std::string_view mark = take_line(rest);
  if (mark != "---" && mark != "+++") return found;
  const std::string_view begin = rest;
  while (!rest.empty()) {
    const auto block_size = static_cast<std::size_t>(rest.data() - begin.data());
    if (block_size > most_front_matter) return found;
    const std::string_view line = take_line(rest);
    if (line != mark && !(mark == "---" && line == "...")) continue;
    const std::string_view block = begin.substr(0, block_size);
    if (auto metadata = mark == "---" ? read_yaml(block) : read_toml(block)) {
      found.metadata = std::move(*metadata);
      found.rest = rest;
    }
    return found;
  }
  return found;
}

}  // namespace freshet::read
