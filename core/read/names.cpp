#include "core/read/names.hpp"

#include <fmt/format.h>

#include <iterator>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view path_of(std::string_view uri) {
  uri = uri.substr(0, uri.find_first_of("?#"));
  if (const auto scheme = uri.find("://"); scheme != std::string_view::npos) {
    uri.remove_prefix(scheme + 3);
    const auto slash = uri.find('/');
    return slash == std::string_view::npos ? std::string_view() : uri.substr(slash);
  }
  return uri;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

std::string last_segment(std::string_view uri) {
  std::string_view path = path_of(uri);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  std::string name = percent_decoded(path.substr(path.find_last_of("/:") + 1));
  return base::is_utf8(name) ? name : std::string();
}

std::string extension(std::string_view uri) {
  const std::string_view path = path_of(uri);
  if (path.empty() || path.back() == '/') return {};
  const std::string name = last_segment(uri);
  const auto dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? std::string()
                                              : base::to_lower(name.substr(dot + 1));
}

std::string with_fragment(std::string_view uri, std::string_view id) {
  std::string url(uri);
  if (id.empty() || url.find('#') != std::string::npos) return url;
  url += '#';
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte > 0x20 && byte < 0x7F &&
                       std::string_view("\"<>`\\^{|}").find(c) == std::string_view::npos;
    if (plain)
      url += c;
    else
      fmt::format_to(std::back_inserter(url), "%{:02X}", byte);
  }
  return url;
}

}  // namespace freshet::read
