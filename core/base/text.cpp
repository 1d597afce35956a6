#include "core/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace freshet::base {
namespace {

struct Decoded {
  std::uint32_t point;
  std::size_t length;  // bytes taken; at least 1
  bool ok;
};

// One code point at `at`; on an ill-formed sequence the length of its longest well-formed prefix.
Decoded decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xC2 || lead > 0xF4) return {0, 1, false};
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead == 0xE0) low = 0xA0;   // overlong
  if (lead == 0xED) high = 0x9F;  // surrogates
  if (lead == 0xF0) low = 0x90;   // overlong
  if (lead == 0xF4) high = 0x8F;  // beyond U+10FFFF
  std::uint32_t point = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i >= text.size() || byte(i) < low || byte(i) > high) return {0, i, false};
    point = point << 6 | (byte(i) & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return {point, length, true};
}

bool harmless(std::uint32_t point) {
  if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return false;  // C0, DEL, C1
  if (point == 0x2028 || point == 0x2029 || point == 0xFEFF) return false;
  if (point == 0x061C || (point >= 0x2060 && point <= 0x2064))
    return false;                                        // Arabic letter mark, joiners
  if (point >= 0x200B && point <= 0x200F) return false;  // zero width, LRM, RLM
  if ((point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069))
    return false;                             // bidi
  return point < 0xE0000 || point > 0xE007F;  // tags
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// Most of most texts.
bool is_eight_ascii(std::string_view text, std::size_t at) {
  if (text.size() - at < 8) return false;
  std::uint64_t eight = 0;
  std::memcpy(&eight, text.data() + at, sizeof eight);
  return (eight & 0x8080808080808080) == 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (is_eight_ascii(text, at)) {
      at += 8;
      continue;
    }
    const Decoded next = decode(text, at);
    if (!next.ok) return false;
    at += next.length;
  }
  return true;
}

std::string to_utf8(std::string_view text, std::size_t* out_replaced) {
  std::string clean;
  clean.reserve(text.size());
  std::size_t replaced = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Decoded next = decode(text, at);
    if (next.ok) {
      clean.append(text, at, next.length);
    } else {
      clean += "\xEF\xBF\xBD";
      ++replaced;
    }
    at += next.length;
  }
  if (out_replaced != nullptr) *out_replaced = replaced;
  return clean;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::size_t advance_code_points(std::string_view text, std::size_t from, std::size_t count) {
  std::size_t at = from;
  while (at < text.size() && count > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    --count;
  }
  return at;
}

std::string_view front_of(std::string_view text, std::size_t most) {
  text = text.substr(0, most);
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const std::size_t at = text.size() - back;
    const auto lead = static_cast<unsigned char>(text[at]);
    if ((lead & 0xC0) == 0x80) continue;
    const std::size_t whole = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return whole > back ? text.substr(0, at) : text;
  }
  return text;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return lower;
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const bool begun =
        word.size() >= 3 && candidate.starts_with(word);  // "max_chunk" for "max_chunk_size"
    const std::size_t far = begun ? 1 : distance(word, candidate);
    const bool alike =
        far < word.size() && far < candidate.size();  // at least one letter in common
    if (alike && far < best_distance) {
      best = candidate;
      best_distance = far;
    }
  }
  return best;
}

std::string printable(std::string_view text, bool keep_newlines) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded next = decode(text, at);
    const bool kept = keep_newlines && (text[at] == '\n' || text[at] == '\t');
    if (next.ok && (kept || harmless(next.point))) {
      safe.append(text, at, next.length);
    } else if (next.ok) {
      safe += fmt::format("\\u{{{:x}}}", next.point);
    } else {
      safe += "\xEF\xBF\xBD";
    }
    at += next.length;
  }
  return safe;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 80;
  const std::size_t cut = advance_code_points(text, 0, most);
  return fmt::format("\"{}{}\"", printable(text.substr(0, cut)), cut < text.size() ? "…" : "");
}

}  // namespace freshet::base
