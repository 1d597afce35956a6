#include "core/read/front_matter.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

using model::Json;

constexpr std::size_t most_front_matter = 64 * 1024;
constexpr std::size_t most_keys = 100;
constexpr std::size_t most_items = 100;
constexpr std::size_t most_value = 4096;

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view right_trimmed(std::string_view line) {
  return line.substr(0, line.find_last_not_of(" \t") + 1);
}

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= 100 && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '/' || c == ' ' || static_cast<unsigned char>(c) >= 0x80;
  });
}

std::string capped(std::string_view text) {
  std::size_t end = std::min(text.size(), most_value);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return std::string(text.substr(0, end));
}

std::string unquoted(std::string_view text) {
  const char quote = text.front();
  std::string out;
  for (std::size_t i = 1; i < text.size() && text[i] != quote; ++i) {
    if (quote == '"' && text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      out += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
    } else {
      out += text[i];
    }
    if (quote == '\'' && text.substr(i + 1, 2) == "''") out += '\'', i += 2;
  }
  return capped(out);
}

Json scalar(std::string_view text) {
  text = base::trim(text);
  if (text.empty()) return nullptr;
  if (text.front() == '"' || text.front() == '\'') return unquoted(text);
  if (const std::size_t comment = text.find(" #"); comment != std::string_view::npos)
    text = base::trim(text.substr(0, comment));
  if (text == "true" || text == "True") return true;
  if (text == "false" || text == "False") return false;
  if (text == "null" || text == "~") return nullptr;
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool padded = text.size() > 1 && text.front() == '0';  // a code, not a number
  if (problem == std::errc() && end == text.data() + text.size() && !padded) return number;
  return capped(text);
}

// "[a, 'b, c', d]"
Json flow_list(std::string_view text) {
  Json list = Json::array();
  text.remove_prefix(1);
  std::string item;
  char quote = '\0';
  const auto add = [&] {
    if (Json value = scalar(item); !value.is_null() && list.size() < most_items)
      list.push_back(std::move(value));
    item.clear();
  };
  for (const char c : text) {
    if (quote == '\0' && (c == ',' || c == ']')) {
      add();
      if (c == ']') return list;
      continue;
    }
    if (quote == c)
      quote = '\0';
    else if (quote == '\0' && (c == '"' || c == '\'') && base::trim(item).empty())
      quote = c;
    item += c;
  }
  add();
  return list;
}

class Yaml {
 public:
  // Nothing where the lines are not keys and values.
  std::optional<Json> read(std::string_view block) {
    while (!block.empty()) {
      const std::string_view line = right_trimmed(take_line(block));
      if (line.empty() || line.front() == '#') {
        if (line.empty() && block_style_ != '\0') nested("");
        continue;
      }
      const bool inner =
          line.front() == ' ' || line.front() == '\t' || line.starts_with("- ") || line == "-";
      if (inner ? !nested(line) : !key(line)) return std::nullopt;
    }
    finish();
    return std::move(metadata_);
  }

 private:
  bool key(std::string_view line) {
    finish();
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    if (colon + 1 < line.size() && line[colon + 1] != ' ' && line[colon + 1] != '\t') return false;
    std::string_view name = base::trim(line.substr(0, colon));
    if (name.size() > 1 && (name.front() == '"' || name.front() == '\''))
      name = name.substr(1, name.size() - 2);
    if (!is_key(name)) return false;
    name_ = name;
    const std::string_view value = base::trim(line.substr(colon + 1));
    if (!value.empty() && (value.front() == '|' || value.front() == '>') && value.size() <= 3)
      block_style_ = value.front();
    else if (value.starts_with("["))
      value_ = flow_list(value);
    else if (!value.starts_with("{"))
      value_ = scalar(value);
    return true;
  }

  bool nested(std::string_view line) {
    if (name_.empty()) return false;
    const std::string_view item = base::trim(line);
    if (block_style_ != '\0') {
      if (!block_.empty()) block_ += block_style_ == '|' ? '\n' : ' ';
      if (block_.size() < most_value) block_ += item;
    } else if ((item.starts_with("- ")) && (value_.is_null() || value_.is_array())) {
      if (value_.is_null()) value_ = Json::array();
      const std::string_view text = base::trim(item.substr(2));
      const bool map =
          text.find(": ") != std::string_view::npos && text.front() != '"' && text.front() != '\'';
      if (Json value = map ? Json() : scalar(text); !value.is_null() && value_.size() < most_items)
        value_.push_back(std::move(value));
    } else if (value_.is_string() && !item.empty()) {
      const std::string text = value_.get<std::string>();  // a plain text over several lines
      if (text.size() < most_value) value_ = text + " " + std::string(item);
    }
    return true;
  }

  void finish() {
    if (block_style_ != '\0') value_ = capped(base::trim(block_));
    const bool empty = value_.is_null() || (value_.is_array() && value_.empty());
    if (!name_.empty() && !empty && metadata_.size() < most_keys)
      metadata_[name_] = std::move(value_);
    name_.clear();
    value_ = nullptr;
    block_.clear();
    block_style_ = '\0';
  }

  Json metadata_ = Json::object();
  std::string name_;
  Json value_;
  std::string block_;
  char block_style_ = '\0';
};

// The keys before the first table.
std::optional<Json> read_toml(std::string_view block) {
  Json metadata = Json::object();
  while (!block.empty()) {
    const std::string_view line = base::trim(take_line(block));
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') break;
    const std::size_t equals = line.find('=');
    const std::string_view name = base::trim(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_key(name)) continue;  // a line of a longer value
    const std::string_view value = base::trim(line.substr(equals + 1));
    Json read = value.starts_with("[")   ? flow_list(value)
                : value.starts_with("{") ? Json()
                                         : scalar(value);
    const bool empty = read.is_null() || (read.is_array() && read.empty());
    if (!empty && metadata.size() < most_keys) metadata[std::string(name)] = std::move(read);
  }
  return metadata;
}

}  // namespace

FrontMatter take_front_matter(std::string_view text) {
  FrontMatter found;
  found.rest = text;
  std::string_view rest = text;
  const std::string_view mark = right_trimmed(take_line(rest));
  if (mark != "---" && mark != "+++") return found;
  const std::string_view begin = rest;
  while (!rest.empty()) {
    const auto block_size = static_cast<std::size_t>(rest.data() - begin.data());
    if (block_size > most_front_matter) return found;
    const std::string_view line = right_trimmed(take_line(rest));
    if (line != mark && !(mark == "---" && line == "...")) continue;
    const std::string_view block = begin.substr(0, block_size);
    if (auto metadata = mark == "---" ? Yaml().read(block) : read_toml(block)) {
      found.metadata = std::move(*metadata);
      found.rest = rest;
    }
    return found;
  }
  return found;
}

}  // namespace freshet::read
