#include "reader_pdf/prose.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace freshet::reader_pdf {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kHyphens[] = {"-"sv, "\u2010"sv, "\u00AD"sv};
constexpr std::string_view kBullets[] = {"•"sv, "◦"sv, "▪"sv, "■"sv, "●"sv, "○"sv,
                                         "–"sv, "—"sv, "-"sv, "*"sv, "➢"sv, "✓"sv};
constexpr double kFull = 0.78;  // of the width of its block: a line that goes on

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80);
}

bool begins_small(std::string_view text) {
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z';
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 'a' - 'A');
  return small;
}

// The letters around `at`: the last word of a text, or the first.
std::string last_word(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && is_letter(text[begin - 1])) --begin;
  return lower(text.substr(begin));
}
std::string first_word(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_letter(text[end])) ++end;
  return lower(text.substr(0, end));
}

std::string_view hyphen_of(std::string_view text) {
  for (const std::string_view hyphen : kHyphens)
    if (text.ends_with(hyphen) && text.size() > hyphen.size() &&
        is_letter(text[text.size() - hyphen.size() - 1]))
      return hyphen;
  return {};
}

bool begins_item(std::string_view text) {
  for (const std::string_view bullet : kBullets)
    if (text.starts_with(bullet) && (text.size() == bullet.size() || text[bullet.size()] == ' '))
      return true;
  std::size_t digits = 0;  // "12." or "3)"
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  return digits > 0 && digits < 4 && digits + 1 < text.size() &&
         (text[digits] == '.' || text[digits] == ')') && text[digits + 1] == ' ';
}

bool ends_sentence(std::string_view text) {
  for (const std::string_view end : {"."sv, "!"sv, "?"sv, ":"sv, ";"sv, "\u3002"sv})
    if (text.ends_with(end)) return true;
  return false;
}

Joint at_hyphen(const Words& words, const std::string& before, const std::string& line,
                std::string_view hyphen) {
  if (hyphen == "\u00AD"sv) return Joint::close;
  const std::string first =
      last_word(std::string_view(before).substr(0, before.size() - hyphen.size()));
  const std::string second = first_word(line);
  if (words.has(first + second)) return Joint::close;
  return words.has(first + "-" + second) ? Joint::hyphen : Joint::close;
}

bool same_type(const Line& a, const Line& b) {
  return std::abs(a.height - b.height) < 0.1 * std::max(a.height, b.height);
}

}  // namespace

Words::Words(const std::vector<Page>& pages) {
  constexpr std::size_t most = 500'000;
  for (const Page& page : pages)
    for (const Line& line : page.lines) {
      const std::string text = lower(line.text);
      for (std::size_t at = 0; at < text.size() && words_.size() < most;) {
        std::size_t end = at;
        while (end < text.size() && (is_letter(text[end]) || text[end] == '-')) ++end;
        if (end > at + 1 && end < text.size()) words_.insert(text.substr(at, end - at));
        at = end + 1;
      }
    }
}

Joint joint_of(const Words& words, const Line& before, const Line& line, const Box& block) {
  const bool same_block = before.block == line.block;
  if (const std::string_view hyphen = hyphen_of(before.text);
      !hyphen.empty() && begins_small(line.text) && same_type(before, line))
    return at_hyphen(words, before.text, line.text, hyphen);
  const bool full = before.box.x1 >= block.x0 + kFull * block.width();
  if (!same_block)
    return full && begins_small(line.text) && !ends_sentence(before.text) && same_type(before, line)
               ? Joint::space
               : Joint::paragraph;
  if (begins_item(line.text)) return Joint::line;
  if (!full) return Joint::line;
  const bool indented = line.box.x0 > block.x0 + 0.8 * line.height;
  const bool follows = before.box.x0 > block.x0 + 0.8 * before.height;
  return indented && !follows && ends_sentence(before.text) ? Joint::paragraph : Joint::space;
}

void join_line(std::string& text, Joint joint, const std::string& line) {
  if (text.empty()) {
    text = line;
    return;
  }
  if (joint == Joint::close)
    text.resize(text.size() - hyphen_of(text).size());
  else if (joint == Joint::space)
    text += ' ';
  else if (joint == Joint::line)
    text += '\n';
  else if (joint == Joint::paragraph)
    text += "\n\n";
  text += line;
}

}  // namespace freshet::reader_pdf
