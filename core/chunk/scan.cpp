#include "core/chunk/scan.hpp"

#include <algorithm>
#include <cstdint>

namespace freshet::chunk {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }
bool is_space(char c) { return c == '\n' || is_blank(c); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_blanks(std::string_view text, std::size_t at, std::size_t end) {
  while (at < end && is_blank(text[at])) ++at;
  return at;
}

// "- ", "* ", "+ ", "12. " or "3) ".
bool is_list_item(std::string_view text, std::size_t at, std::size_t end) {
  std::size_t mark = at;
  while (mark < end && mark - at < 9 && is_digit(text[mark])) ++mark;
  if (mark + 1 >= end || text[mark + 1] != ' ') return false;
  const char c = text[mark];
  return mark > at ? c == '.' || c == ')' : c == '-' || c == '*' || c == '+';
}

// The length of a full-width stop, "。", "！" or "？", at `at`; else 0.
std::size_t wide_stop(std::string_view text, std::size_t at, std::size_t end) {
  if (at + 3 > end) return 0;
  const std::string_view three = text.substr(at, 3);
  return three == "\u3002" || three == "\uFF01" || three == "\uFF1F" ? 3 : 0;
}

// After a stop at `at`: where the next sentence starts, or none where this ends none ("3.14").
std::size_t after_stop(std::string_view text, std::size_t at, std::size_t end) {
  ++at;
  while (at < end && std::string_view("\"')]*_").find(text[at]) != none) ++at;
  if (at >= end || !is_space(text[at])) return none;
  while (at < end && is_space(text[at])) ++at;
  return at < end ? at : none;
}

// After a line feed at `at`: where a list item or, past blank lines, a paragraph starts, or none.
std::size_t after_line(std::string_view text, std::size_t at, std::size_t end) {
  std::size_t next = skip_blanks(text, at + 1, end);
  if (next < end && text[next] == '\n') {
    while (next < end && is_space(text[next])) ++next;
    return next < end ? next : none;
  }
  return is_list_item(text, next, end) ? next : none;
}

std::uint32_t decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return lead;
  if (lead < 0xE0) return (lead & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
  if (lead < 0xF0) return (lead & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
  return (lead & 0x07u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 |
         (byte(3) & 0x3Fu);
}

constexpr std::uint32_t zero_width_joiner = 0x200D;

// Combining marks, variation selectors, emoji modifiers and tags: the common part of Unicode's
// rule.
bool extends(std::uint32_t point) {
  static constexpr std::uint32_t ranges[][2] = {
      {0x0300, 0x036F},   {0x0483, 0x0489},   {0x0591, 0x05BD},  {0x064B, 0x065F}, {0x093A, 0x094F},
      {0x0E31, 0x0E3A},   {0x0E47, 0x0E4E},   {0x1AB0, 0x1AFF},  {0x1DC0, 0x1DFF}, {0x200D, 0x200D},
      {0x20D0, 0x20FF},   {0x302A, 0x302F},   {0x3099, 0x309A},  {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
      {0x1F3FB, 0x1F3FF}, {0xE0020, 0xE007F}, {0xE0100, 0xE01EF}};
  return point >= 0x0300 &&
         std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const auto& range) { return point >= range[0] && point <= range[1]; });
}

}  // namespace

std::size_t line_end(std::string_view text, std::size_t at, std::size_t end) {
  return std::min(text.substr(0, end).find('\n', at), end);
}

bool is_table_line(std::string_view line) {
  const std::size_t first = skip_blanks(line, 0, line.size());
  return first < line.size() && line[first] == '|';
}

bool is_delimiter_line(std::string_view line) {
  return is_table_line(line) && line.find('-') != none &&
         line.find_first_not_of("|-: \t\r") == none;
}

FenceMark fence_mark(std::string_view line) {
  const std::size_t begin = skip_blanks(line, 0, line.size());
  if (begin == line.size() || (line[begin] != '`' && line[begin] != '~')) return {};
  std::size_t end = begin;
  while (end < line.size() && line[end] == line[begin]) ++end;
  if (end - begin < 3) return {};
  // A back quote further on makes it a code span, "```like this```", which opens nothing.
  if (line[begin] == '`' && line.find('`', end) != none) return {};
  return {line[begin], end - begin, skip_blanks(line, end, line.size()) == line.size()};
}

std::size_t next_sentence(std::string_view text, std::size_t from, std::size_t end) {
  for (std::size_t at = from; at < end; ++at) {
    std::size_t next = none;
    const char c = text[at];
    if (c == '.' || c == '!' || c == '?') {
      next = after_stop(text, at, end);
    } else if (c == '\n') {
      next = after_line(text, at, end);
    } else if (const std::size_t length = wide_stop(text, at, end); length > 0) {
      next = at + length;
      while (next < end && is_space(text[next])) ++next;
      if (next >= end) next = none;
    }
    if (next != none) return next;
  }
  return none;
}

std::size_t next_word(std::string_view text, std::size_t from, std::size_t end) {
  std::size_t at = from;
  while (at < end && !is_space(text[at])) ++at;
  while (at < end && is_space(text[at])) ++at;
  return at < end ? at : none;
}

void trim(std::string_view text, std::size_t& begin, std::size_t& end) {
  while (begin < end && is_space(text[begin])) ++begin;
  while (end > begin && is_space(text[end - 1])) --end;
}

bool joins_previous(std::string_view text, std::size_t at) {
  if (extends(decode(text, at))) return true;
  return at >= 3 && decode(text, at - 3) == zero_width_joiner;
}

}  // namespace freshet::chunk
