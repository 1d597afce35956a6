#include "reader_office/rtf.hpp"

#include <algorithm>
#include <map>

namespace freshet::reader_office {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number of the style control word at `at`, "\s12", and where it ends; else kNone.
std::size_t style_at(std::string_view bytes, std::size_t at, std::size_t& end) {
  if (bytes.substr(at, 2) != "\\s" || at + 2 >= bytes.size() || !is_digit(bytes[at + 2]))
    return kNone;
  std::size_t number = 0;
  for (end = at + 2; end < bytes.size() && is_digit(bytes[end]) && number < 100'000; ++end)
    number = number * 10 + static_cast<std::size_t>(bytes[end] - '0');
  return number;
}

// The level of a style with this entry in the table of styles; 0: it is none of a heading.
int level_of(std::string_view entry) {
  const std::size_t end = entry.rfind(';');
  if (end == kNone || end < 9) return 0;
  std::string name(entry.substr(end - 9, 9));
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
  });
  return name.starts_with("heading ") && name[8] >= '1' && name[8] <= '9' ? name[8] - '0' : 0;
}

std::map<std::size_t, int> heading_styles(std::string_view bytes) {
  std::map<std::size_t, int> styles;
  for (std::size_t at = bytes.find("{\\s"); at != kNone; at = bytes.find("{\\s", at + 1)) {
    std::size_t after = 0;
    const std::size_t style = style_at(bytes, at + 1, after);
    if (style == kNone) continue;
    const std::size_t end = bytes.find_first_of("{}", after);
    if (end == kNone || bytes[end] != '}') continue;
    if (const int level = level_of(bytes.substr(after, end - after)); level > 0)
      styles[style] = level;
  }
  return styles;
}

}  // namespace

std::string with_outline_levels(std::string_view bytes) {
  const std::map<std::size_t, int> styles = heading_styles(bytes);
  std::string text;
  std::size_t taken = 0;
  for (std::size_t at = bytes.find("\\s"); at != kNone && !styles.empty();
       at = bytes.find("\\s", at + 2)) {
    std::size_t end = 0;
    const std::size_t style = style_at(bytes, at, end);
    if (style == kNone || (at > 0 && (bytes[at - 1] == '{' || bytes[at - 1] == '\\'))) continue;
    const auto found = styles.find(style);
    if (found == styles.end()) continue;
    text.append(bytes.substr(taken, end - taken));
    text += "\\outlinelevel" + std::to_string(found->second - 1);
    taken = end;
  }
  return text.append(bytes.substr(taken));
}

}  // namespace freshet::reader_office
