// freshet/sdk/path.hpp - paths of files as parts of URIs: any path makes one URI, and one only.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::sdk {

// Every byte but letters, digits, "-._~" and "/" escaped.
inline std::string escape_path(std::string_view path) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~/").find(c) != std::string_view::npos;
  };
  std::string escaped;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c))
      escaped += c;
    else
      escaped += {'%', hex[byte >> 4], hex[byte & 15]};
  }
  return escaped;
}

// Is every part of a relative path a name, and no way out?
inline bool is_safe_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return false;
  for (;;) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part == "." || part == "..") return false;
    if (end == path.size()) return true;
    path.remove_prefix(end + 1);
  }
}

// The relative path behind an escaped one. Nothing where it is not one that escape_path() makes of
// a safe path.
inline std::optional<std::string> unescape_path(std::string_view escaped) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string path;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] != '%') {
      path += escaped[i];
      continue;
    }
    const auto digit = [&](std::size_t at) {
      return at < escaped.size() ? hex.find(escaped[at]) : std::string_view::npos;
    };
    const std::size_t high = digit(i + 1), low = digit(i + 2);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    path += static_cast<char>(high << 4 | low);
    i += 2;
  }
  if (!is_safe_path(path) || escape_path(path) != escaped) return std::nullopt;
  return path;
}

// The extension of a file's name, in lower case and without the dot; "" where there is none. ".bashrc" is a
// name, not an extension.
inline std::string extension_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  std::string extension(name.substr(dot + 1));
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return extension;
}

}  // namespace freshet::sdk
