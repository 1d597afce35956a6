#include "loader_web/naming.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "loader_web/text.hpp"
#include "loader_web/url.hpp"

namespace freshet::loader_web {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool names_visit(std::string_view parameter) {
  static constexpr std::array<std::string_view, 11> names = {
      "phpsessid", "jsessionid", "sid",    "sessionid", "session_id", "gclid",
      "fbclid",    "msclkid",    "mc_cid", "mc_eid",    "yclid"};
  const std::string name = lower(parameter.substr(0, parameter.find('=')));
  return name.starts_with("utm_") || name.starts_with("aspsessionid") ||
         std::find(names.begin(), names.end(), name) != names.end();
}

// Calls `each` with the parts of `text` between the separators.
template <typename Each>
void for_parts(std::string_view text, char separator, const Each& each) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    each(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

struct Parts {
  std::string_view before;  // scheme, host and path
  std::string_view query;   // without its mark
};
Parts parts_of(std::string_view url) {
  const std::size_t mark = std::min(url.find('?'), url.size());
  return {url.substr(0, mark), url.substr(std::min(mark + 1, url.size()))};
}

std::string without_session(std::string_view path) {
  const std::string small = lower(path);
  const std::size_t from = small.find(";jsessionid=");
  if (from == std::string::npos) return std::string(path);
  const std::size_t to = std::min(small.find('/', from), small.size());
  return std::string(path.substr(0, from)) + std::string(path.substr(to));
}

void drop_ending(std::string& text, std::string_view ending) {
  if (text.ends_with(ending)) text.resize(text.size() - ending.size());
}

// The numbers of a path as "#", and so are words that look like a hash.
std::string without_numbers(std::string_view path) {
  std::string shape;
  for (std::size_t at = 0; at < path.size();) {
    const auto run = [&](auto&& belongs) {
      std::size_t end = at;
      while (end < path.size() && belongs(path[end])) ++end;
      return end - at;
    };
    const std::size_t hex = run(is_hex);
    const std::string_view word = path.substr(at, hex);
    if (hex >= 8 && std::any_of(word.begin(), word.end(), is_digit)) {
      shape += '#';
      at += hex;
    } else if (const std::size_t digits = run(is_digit); digits > 0) {
      shape += '#';
      at += digits;
    } else {
      shape += path[at++];
    }
  }
  return shape;
}

}  // namespace

std::string without_visit(std::string_view url) {
  const Parts parts = parts_of(url);
  std::string plain = without_session(parts.before);
  char mark = '?';
  for_parts(parts.query, '&', [&](std::string_view parameter) {
    if (parameter.empty() || names_visit(parameter)) return;
    plain += mark;
    plain += parameter;
    mark = '&';
  });
  return plain;
}

bool is_asset(std::string_view url) {
  static constexpr std::array<std::string_view, 57> endings = {
      "7z",   "apk",  "avi", "avif", "bin",   "bmp", "br",  "bz2", "css",  "csv", "deb",  "dll",
      "dmg",  "eot",  "exe", "flac", "gif",   "gz",  "ico", "inv", "iso",  "jar", "jpeg", "jpg",
      "js",   "json", "map", "mjs",  "mov",   "mp3", "mp4", "msi", "ogg",  "otf", "png",  "ps",
      "rar",  "rpm",  "rss", "so",   "svg",   "tar", "tgz", "tif", "tiff", "ttf", "wasm", "wav",
      "webm", "webp", "whl", "woff", "woff2", "xml", "xz",  "zip", "zst"};
  const std::string_view path = split_url(url).path;
  const std::string_view last = path.substr(path.rfind('/') + 1);
  const std::size_t dot = last.rfind('.');
  if (dot == std::string_view::npos) return false;
  return std::binary_search(endings.begin(), endings.end(), lower(last.substr(dot + 1)));
}

std::string same_page_key(std::string_view url) {
  const Parts parts = parts_of(url);
  std::string key(parts.before);
  for (const std::string_view name : {"index.html", "index.htm", "index.php", "default.html"})
    if (key.ends_with("/" + std::string(name))) drop_ending(key, name);
  drop_ending(key, ".html");
  drop_ending(key, ".htm");
  while (key.ends_with('/')) key.pop_back();
  return parts.query.empty() ? key : key + '?' + std::string(parts.query);
}

std::string shape_of(std::string_view url) {
  const Parts parts = parts_of(url);
  const std::string_view path = split_url(parts.before).path;
  std::string shape(parts.before.substr(0, parts.before.size() - path.size()));
  shape += without_numbers(path);
  for_parts(parts.query, '&', [&](std::string_view parameter) {
    shape += '?';
    shape += parameter.substr(0, parameter.find('='));
  });
  return shape;
}

bool repeats_itself(std::string_view url) {
  std::map<std::string_view, int> times;
  bool repeats = false;
  for_parts(split_url(url).path, '/', [&](std::string_view part) {
    repeats = repeats || (!part.empty() && ++times[part] == 4);
  });
  return repeats;
}

std::string folder_of(std::string_view url) {
  const UrlParts parts = split_url(url);
  return std::string(parts.scheme) + "://" + std::string(parts.authority) +
         std::string(parts.path.substr(0, parts.path.rfind('/') + 1));
}

}  // namespace freshet::loader_web
