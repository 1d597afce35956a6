#include "core/chunk/scan.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "core/chunk/marks.hpp"

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

// Stops that end a sentence without a blank, or that other scripts have in place of the full stop:
// full-width and half-width ones, danda and double danda, those of Arabic, Urdu, Ethiopic, Khmer,
// Burmese, Tibetan, Armenian.
bool is_stop(std::uint32_t point) {
  switch (point) {
    case 0x0589:
    case 0x061F:
    case 0x06D4:
    case 0x0964:
    case 0x0965:
    case 0x0DF4:
    case 0x0F0D:
    case 0x0F0E:
    case 0x104A:
    case 0x104B:
    case 0x1362:
    case 0x1367:
    case 0x17D4:
    case 0x17D5:
    case 0x1803:
    case 0x3002:
    case 0xA9C9:
    case 0xABEB:
    case 0xFE52:
    case 0xFF01:
    case 0xFF0E:
    case 0xFF1F:
    case 0xFF61:
      return true;
    default:
      return false;
  }
}

// Quotes and brackets that close after such a stop belong to its sentence.
bool closes_after_stop(std::uint32_t point) {
  return point == 0x201D || point == 0x2019 || point == 0x300D || point == 0x300F ||
         point == 0xFF09 || point == 0x300B || point == ')' || point == '"';
}

std::size_t length_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

std::uint32_t decode(std::string_view text, std::size_t at);

// The length of such a stop at `at`, with what closes after it and further stops; else 0.
std::size_t wide_stop(std::string_view text, std::size_t at, std::size_t end) {
  if (static_cast<unsigned char>(text[at]) < 0xC0 || !is_stop(decode(text, at))) return 0;
  std::size_t next = at + length_at(text, at);
  while (next < end) {
    const std::uint32_t point = decode(text, next);
    if (!is_stop(point) && !closes_after_stop(point)) break;
    next += length_at(text, next);
  }
  return std::min(next, end) - at;
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

// What is seen as a part of the character before it.
bool extends(std::uint32_t point) {
  if (point < 0x0300) return false;
  const auto after =
      std::upper_bound(std::begin(mark_ranges), std::end(mark_ranges), point,
                       [](std::uint32_t one, const MarkRange& range) { return one < range.first; });
  return after != std::begin(mark_ranges) && point <= std::prev(after)->last;
}

// A consonant after a virama is written with the one before it.
bool is_virama(std::uint32_t point) {
  return point == 0x094D || point == 0x09CD || point == 0x0A4D || point == 0x0ACD ||
         point == 0x0B4D || point == 0x0C4D || point == 0x0CCD || point == 0x0D4D ||
         point == 0x0DCA || point == 0x1039 || point == 0x17D2;
}

bool is_flag_letter(std::uint32_t point) { return point >= 0x1F1E6 && point <= 0x1F1FF; }

// Flags are pairs: whether an odd number of their letters stands before `at`.
bool within_flag(std::string_view text, std::size_t at) {
  std::size_t letters = 0;
  for (std::size_t from = at; from >= 4 && letters < 64 && is_flag_letter(decode(text, from - 4));
       from -= 4)
    ++letters;
  return letters % 2 == 1;
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
  const std::uint32_t point = decode(text, at);
  if (extends(point)) return true;
  if (is_flag_letter(point)) return within_flag(text, at);
  if (at < 3) return false;
  const std::uint32_t before = decode(text, at - 3);
  return before == zero_width_joiner || is_virama(before);
}

}  // namespace freshet::chunk
