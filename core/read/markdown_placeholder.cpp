#include "core/read/markdown_placeholder.hpp"

#include <gumbo.h>

#include <algorithm>
#include <cctype>

namespace freshet::read {
namespace {

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' ||
         c == ':';
}

std::string_view name_at(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_name_character);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

}  // namespace

Placeholders::Placeholders(std::string_view source) {
  for (auto at = source.find("</"); at != std::string_view::npos; at = source.find("</", at + 2))
    closed_.emplace(name_at(source.substr(at + 2)));
}

bool Placeholders::has(std::string_view tag) const {
  if (tag.size() < 3 || tag.front() != '<' || tag.back() != '>') return false;
  const std::string_view name = name_at(tag.substr(1));
  if (name.empty() || name.size() + 2 != tag.size()) return false;
  const std::string terminated(name);
  return gumbo_tag_enum(terminated.c_str()) == GUMBO_TAG_UNKNOWN && closed_.count(terminated) == 0;
}

}  // namespace freshet::read
