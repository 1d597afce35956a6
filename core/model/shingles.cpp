#include "core/model/shingles.hpp"

#include <algorithm>

#include "core/base/digest.hpp"

namespace freshet::model {
namespace {

constexpr std::uint32_t first_unspaced = 0x2E80;  // CJK and what is near it

std::size_t bytes_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// Of the three and four byte forms alone: what is shorter is below.
bool is_unspaced(std::string_view letter) {
  if (letter.size() < 3) return false;
  if (letter.size() == 4) return true;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(letter[i]); };
  return ((byte(0) & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu)) >= first_unspaced;
}

bool is_mark(std::string_view letter) {
  const auto lead = static_cast<unsigned char>(letter.front());
  if (lead >= 0x80) return letter.starts_with("\xE2\x80") || letter.starts_with("\xE3\x80");
  return !((lead >= 'a' && lead <= 'z') || (lead >= 'A' && lead <= 'Z') ||
           (lead >= '0' && lead <= '9'));
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view letter = text.substr(at, bytes_of(static_cast<unsigned char>(text[at])));
    at += letter.size();
    if (is_mark(letter)) {
      end_word();
    } else if (is_unspaced(letter)) {
      end_word();
      words.emplace_back(letter);
    } else if (letter.size() == 1 && letter[0] >= 'A' && letter[0] <= 'Z') {
      word.push_back(static_cast<char>(letter[0] + ('a' - 'A')));
    } else {
      word.append(letter);
    }
  }
  end_word();
  return words;
}

Shingles shingles_of(std::span<const std::string> words, std::size_t together) {
  Shingles shingles;
  if (words.empty()) return shingles;
  const std::size_t last = words.size() < together ? 0 : words.size() - together;
  for (std::size_t at = 0; at <= last; ++at) {
    std::string run;
    for (const std::string& word : words.subspan(at, std::min(together, words.size() - at)))
      run.append(word).push_back(' ');
    shingles.push_back(static_cast<std::uint32_t>(base::checksum(run)));
  }
  std::sort(shingles.begin(), shingles.end());
  shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
  return shingles;
}

std::size_t shared(const Shingles& a, const Shingles& b) {
  std::size_t count = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) ++count;
    const bool first = *i <= *j, second = *j <= *i;
    if (first) ++i;
    if (second) ++j;
  }
  return count;
}

double containment(const Shingles& a, const Shingles& b) {
  const std::size_t least = std::min(a.size(), b.size());
  return least == 0 ? 0 : static_cast<double>(shared(a, b)) / static_cast<double>(least);
}

}  // namespace freshet::model
