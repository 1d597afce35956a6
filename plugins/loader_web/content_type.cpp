#include "loader_web/content_type.hpp"

#include <algorithm>

#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= 127 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("/.+-_:;()").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string unquoted(std::string_view value) {
  value = trim(value);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return std::string(value);
}

ContentType parse_content_type(std::string_view value) {
  ContentType type;
  type.media_type = lower(trim(value.substr(0, value.find(';'))));
  if (!is_plain(type.media_type) || type.media_type.find('/') == std::string::npos) return {};
  while (value.find(';') != std::string_view::npos) {
    value.remove_prefix(value.find(';') + 1);
    const std::string_view parameter = trim(value.substr(0, value.find(';')));
    if (!starts_with_ignoring_case(parameter, "charset=")) continue;
    type.charset = lower(unquoted(parameter.substr(8)));
    if (!is_plain(type.charset)) type.charset.clear();
    break;
  }
  return type;
}

}  // namespace freshet::loader_web
