#include "core/read/slug.hpp"

#include <cstdint>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

bool is_wide_punctuation(std::string_view character) {
  // U+2000–206F (dashes, quotes), U+3000–303F (CJK), U+FF00–FF0F; U+00A1–00BF but for letters.
  if (character.size() == 3 && character[0] == '\xE2' &&
      (character[1] == '\x80' || character[1] == '\x81'))
    return true;
  if (character.size() == 3 && character[0] == '\xE3' && character[1] == '\x80') return true;
  if (character.size() == 3 && character.starts_with("\xEF\xBC") &&
      static_cast<unsigned char>(character[2]) < 0x90)
    return true;
  // Symbols and pictures: U+2100–2BFF but for letterlike ones, variation selectors, emoji.
  if (character.size() == 3 && character[0] == '\xE2' &&
      static_cast<unsigned char>(character[1]) >= 0x86)
    return static_cast<unsigned char>(character[1]) < 0xB0;
  if (character.size() == 3 && character.starts_with("\xEF\xB8")) return true;
  if (character.size() == 4 && character.starts_with("\xF0\x9F")) return true;
  return character.size() == 2 && character[0] == '\xC2' && character[1] != '\xAA' &&
         character[1] != '\xB5' && character[1] != '\xBA';
}

// The capitals of Latin-1, Greek and Cyrillic; others have none, or are rare in headings.
std::string lowered(std::string_view character) {
  if (character.size() != 2) return std::string(character);
  std::uint32_t point = (static_cast<unsigned char>(character[0]) & 0x1Fu) << 6 |
                        (static_cast<unsigned char>(character[1]) & 0x3Fu);
  if ((point >= 0xC0 && point <= 0xDE && point != 0xD7) || (point >= 0x391 && point <= 0x3A9) ||
      (point >= 0x410 && point <= 0x42F))
    point += 0x20;
  else if (point >= 0x400 && point <= 0x40F)
    point += 0x50;
  return {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
}

std::string slug_of(std::string_view title) {
  std::string slug;
  for (std::size_t at = 0; at < title.size();) {
    const std::size_t end = base::advance_code_points(title, at, 1);
    const std::string_view character = title.substr(at, end - at);
    const char c = character.front();
    at = end;
    if (character.size() > 1) {
      if (!is_wide_punctuation(character)) slug += lowered(character);
    } else if (c == ' ') {
      slug += '-';
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
      slug += c;
    } else if (c >= 'A' && c <= 'Z') {
      slug += static_cast<char>(c + ('a' - 'A'));
    }
  }
  return slug;
}

}  // namespace

std::string Slugs::next(std::string_view title) {
  const std::string slug = slug_of(title);
  std::size_t& count = seen_[slug];
  if (count++ == 0) return slug;
  std::string numbered;
  do numbered = slug + "-" + std::to_string(count - 1);
  while (seen_.count(numbered) > 0 && count++ > 0);
  seen_[numbered] = 1;
  return numbered;
}

}  // namespace freshet::read
