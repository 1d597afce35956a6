#include "loader_files/uri.hpp"

#include <algorithm>

namespace freshet::loader_files {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~/").find(c) != std::string_view::npos;
}

}  // namespace

std::string escape_path(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c))
      escaped += c;
    else
      escaped += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return escaped;
}

bool is_safe_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return false;
  for (;;) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part == "." || part == "..") return false;
    if (end == path.size()) return true;
    path.remove_prefix(end + 1);
  }
}

std::optional<std::string> unescape_path(std::string_view escaped) {
  std::string path;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] != '%') {
      path += escaped[i];
      continue;
    }
    const std::size_t high =
        i + 1 < escaped.size() ? kHex.find(escaped[i + 1]) : std::string_view::npos;
    const std::size_t low =
        i + 2 < escaped.size() ? kHex.find(escaped[i + 2]) : std::string_view::npos;
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    path += static_cast<char>(high << 4 | low);
    i += 2;
  }
  if (!is_safe_path(path) || escape_path(path) != escaped) return std::nullopt;
  return path;
}

}  // namespace freshet::loader_files
