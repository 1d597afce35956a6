#include "parts.hpp"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "letters.hpp"

namespace store_sqlite {
namespace {

// One character of UTF-8; bytes that are none stand for themselves.
char32_t decode(std::string_view text, std::size_t at, std::size_t& length) {
  const auto lead = static_cast<unsigned char>(text[at]);
  length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  length = std::min(length, text.size() - at);
  if (length == 1) return lead;
  char32_t code = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i)
    code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
  return code;
}

// Ranges of Unicode 15 blocks.
constexpr struct {
  char32_t first, last;
} unspaced[] = {{0x0E00, 0x0EFF}, {0x1000, 0x109F},  {0x1100, 0x11FF}, {0x1780, 0x17FF},
                {0x3005, 0x3007}, {0x3040, 0x30FF},  {0x3130, 0x318F}, {0x31F0, 0x31FF},
                {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},  {0xAC00, 0xD7FF}, {0xF900, 0xFAFF},
                {0xFF66, 0xFF9F}, {0x20000, 0x3FFFF}};

// Where a part of a name ends: before '_', a capital after a small letter, the last capital of several before a small
// letter.
bool parts_at(std::string_view name, std::size_t i) {
  if (name[i] == '_' || name[i - 1] == '_') return true;
  if (!is_upper(name[i])) return false;
  const bool begins_word = i + 1 < name.size() && is_lower(name[i + 1]);
  return is_lower(name[i - 1]) || is_digit(name[i - 1]) || begins_word;
}

class Parts {
 public:
  void add_all_of(std::string_view text) {
    text_ = text;
    at_ = run_end_ = 0;
    while (at_ < text_.size()) {
      std::size_t length = 1;
      if (in_name(text_[at_]))
        name();
      else if (without_blanks(text_, at_, length))
        neighbours();
      else
        at_ += length;
    }
  }
  std::string all() { return std::move(out_); }

 private:
  void add(std::string_view part, std::string_view more = {}) {
    if (!out_.empty()) out_ += ' ';
    (out_ += part) += more;
  }

  void name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && in_name(text_[at_])) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    const std::string_view sign = sign_after();
    const bool dotted =
        begin > 0 && text_[begin - 1] == '.' && (begin == 1 || text_[begin - 2] == ' ');
    const std::string_view whole = text_.substr(begin - dotted, word.size() + dotted + sign.size());
    if (!known_.insert(whole).second) return;
    if (stands_in_a_run(begin)) add(word);
    if (!sign.empty()) add(word, sign == "#" ? "sharp" : "plusplus");
    if (dotted) add("dot", word);
    split(word);
  }

  // In the middle of a script without blanks, where FTS5's tokenizer takes all of it for one word.
  bool stands_in_a_run(std::size_t begin) const {
    std::size_t length = 0;
    return (begin > 0 && begin == run_end_) ||
           (at_ < text_.size() && without_blanks(text_, at_, length));
  }

  // "C++" and "F#", but neither "a++b" nor "issue#5".
  std::string_view sign_after() const {
    const std::string_view rest = text_.substr(at_);
    for (const std::string_view sign : {std::string_view("++"), std::string_view("#")})
      if (rest.starts_with(sign) && (rest.size() == sign.size() || !in_name(rest[sign.size()])))
        return sign;
    return {};
  }

  void split(std::string_view word) {
    std::vector<std::string_view> found;
    for (std::size_t begin = 0; begin < word.size();) {
      std::size_t end = begin + 1;
      while (end < word.size() && !parts_at(word, end)) ++end;
      const std::string_view part = word.substr(begin, end - begin);
      if (part.size() > 1) found.push_back(part);
      begin = end;
    }
    if (found.size() < 2 && (found.empty() || found.front() == word)) return;
    for (const std::string_view part : found) add(part);
  }

  // Each two that stand beside each other; one that stands alone is a word already.
  void neighbours() {
    std::size_t length = 0, before = text_.size();
    while (at_ < text_.size() && without_blanks(text_, at_, length)) {
      if (before != text_.size()) {
        const std::string_view pair = text_.substr(before, at_ - before + length);
        if (known_.insert(pair).second) add(pair);
      }
      before = at_;
      at_ += length;
    }
    run_end_ = at_;
  }

  std::string_view text_;
  std::size_t at_ = 0, run_end_ = 0;  // where a run without blanks ended last
  std::string out_;
  std::unordered_set<std::string_view> known_;
};

}  // namespace

bool without_blanks(std::string_view text, std::size_t at, std::size_t& length) {
  const char32_t code = decode(text, at, length);
  if (code < unspaced[0].first) return false;
  for (const auto& [first, last] : unspaced)
    if (code >= first && code <= last) return true;
  return false;
}

std::string parts_of(std::initializer_list<std::string_view> texts) {
  Parts parts;
  for (const std::string_view text : texts) parts.add_all_of(text);
  return parts.all();
}

}  // namespace store_sqlite
