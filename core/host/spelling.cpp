#include "core/host/spelling.hpp"

#include <array>
#include <utility>

namespace freshet::host {
namespace {

constexpr std::size_t least_core = 7;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_alphanumeric(char c) {
  c = lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Hexadecimal digits as a number; -1 where one is none.
int hex_number(std::string_view digits) {
  int number = digits.empty() ? -1 : 0;
  for (const char c : digits) {
    const std::size_t value = std::string_view("0123456789abcdef").find(lower(c));
    if (value == std::string_view::npos) return -1;
    number = number * 16 + static_cast<int>(value);
  }
  return number;
}

// One character of a text, and how many bytes spell it.
struct Unit {
  char character;
  std::size_t length;
};

// "%41", and "%2541", which was escaped twice.
Unit percent_escape(std::string_view text) {
  std::size_t digits = 1;
  while (text.substr(digits, 2) == "25" && text.size() >= digits + 4 &&
         hex_number(text.substr(digits + 2, 2)) >= 0)
    digits += 2;
  const int number = text.size() >= digits + 2 ? hex_number(text.substr(digits, 2)) : -1;
  return number < 0 ? Unit{'%', 1} : Unit{static_cast<char>(number), digits + 2};
}

Unit json_escape(std::string_view text) {
  const char next = text.size() > 1 ? text[1] : '\0';
  if (next == '"' || next == '\\' || next == '/') return {next, 2};
  const int number = next == 'u' && text.size() >= 6 ? hex_number(text.substr(2, 4)) : -1;
  return number >= 0 && number < 0x80 ? Unit{static_cast<char>(number), 6} : Unit{'\\', 1};
}

Unit html_escape(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> names = {
      {{"&amp;", '&'}, {"&quot;", '"'}, {"&#39;", '\''}, {"&lt;", '<'}, {"&gt;", '>'}}};
  for (const auto& [name, character] : names)
    if (text.starts_with(name)) return {character, name.size()};
  return {'&', 1};
}

Unit unescaped(std::string_view text) {
  switch (text.front()) {
    case '%':
      return percent_escape(text);
    case '\\':
      return json_escape(text);
    case '&':
      return html_escape(text);
    case '+':
      return {' ', 1};
    default:
      return {text.front(), 1};
  }
}

std::size_t escaped_length(std::string_view text, std::size_t at, std::string_view secret) {
  const std::size_t begin = at;
  for (const char wanted : secret) {
    if (at >= text.size()) return 0;
    const Unit unit = unescaped(text.substr(at));
    const bool same = lower(unit.character) == wanted;
    if (!same && lower(text[at]) != wanted) return 0;
    at += same ? unit.length : 1;
  }
  return at - begin;
}

bool is_as_it_is(std::string_view text, std::size_t at, std::string_view secret) {
  if (text.size() - at < secret.size()) return false;
  for (std::size_t i = 0; i < secret.size(); ++i)
    if (lower(text[at + i]) != secret[i]) return false;
  return true;
}

char character_before(std::string_view text, std::size_t at) {
  const int escaped = at >= 3 && text[at - 3] == '%' ? hex_number(text.substr(at - 2, 2)) : -1;
  return escaped >= 0 ? static_cast<char>(escaped) : text[at - 1];
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  unsigned held = 0, bits = 0;
  for (const char byte : bytes) {
    held = (held << 8 | static_cast<unsigned char>(byte)) & 0xFFFF;
    for (bits += 8; bits >= 6; bits -= 6) text += digits[held >> (bits - 6) & 63];
  }
  return text;  // what is left of the last byte depends on what follows
}

// The alphabet of URLs.
std::string url_base64(std::string text) {
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

}  // namespace

std::size_t spelled_length(std::string_view text, std::size_t at, std::string_view secret) {
  if (secret.empty()) return 0;
  return is_as_it_is(text, at, secret) ? secret.size() : escaped_length(text, at, secret);
}

bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin == 0 || !is_alphanumeric(character_before(text, begin))) &&
         (end >= text.size() || !is_alphanumeric(text[end]));
}

std::vector<std::string> base64_cores(std::string_view secret) {
  constexpr std::array<std::size_t, 3> mixed = {0, 2, 3};  // digits that hold bits of others
  std::vector<std::string> cores;
  for (std::size_t shift = 0; shift < mixed.size(); ++shift) {
    const std::string whole = base64(std::string(shift, '\0').append(secret));
    if (whole.size() < mixed[shift] + least_core) continue;
    cores.push_back(whole.substr(mixed[shift]));
    if (std::string other = url_base64(cores.back()); other != cores.back())
      cores.push_back(std::move(other));
  }
  return cores;
}

}  // namespace freshet::host
