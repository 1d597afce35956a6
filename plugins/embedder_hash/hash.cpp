#include "hash.hpp"

#include <cmath>
#include <string>

namespace embedder_hash {
namespace {

// FNV-1a, with the finish of MurmurHash3 so that the high bits are as good as the low ones.
constexpr std::uint64_t fnv_basis = 0xCBF29CE484222325;
constexpr std::uint64_t fnv_prime = 0x100000001B3;

std::uint64_t mix(std::uint64_t hash) {
  hash ^= hash >> 33;
  hash *= 0xFF51AFD7ED558CCD;
  hash ^= hash >> 33;
  hash *= 0xC4CEB9FE1A85EC53;
  return hash ^ (hash >> 33);
}

std::uint32_t lower(std::uint32_t point) {
  if (point >= 'A' && point <= 'Z') return point + 32;
  if (point < 0x80) return point;
  if (point >= 0xC0 && point <= 0xDE && point != 0xD7) return point + 32;  // Latin-1
  if (point >= 0x100 && point <= 0x137) return point | 1;  // Latin Extended-A, by pairs
  if (point >= 0x14A && point <= 0x177) return point | 1;
  if (point >= 0x391 && point <= 0x3A9) return point + 32;  // Greek
  if (point >= 0x410 && point <= 0x42F) return point + 32;  // Cyrillic
  if (point >= 0x400 && point <= 0x40F) return point + 80;
  return point;
}

// Letters and digits; beyond ASCII everything but the blocks of punctuation, symbols and spaces.
bool in_word(std::uint32_t point) {
  if (point < 0x80)
    return (point >= '0' && point <= '9') || (point >= 'A' && point <= 'Z') ||
           (point >= 'a' && point <= 'z') || point == '_';
  if (point < 0xC0) return point == 0xAA || point == 0xB5 || point == 0xBA;
  if (point == 0xD7 || point == 0xF7) return false;
  if (point >= 0x2000 && point <= 0x2BFF)
    return false;  // punctuation, currency, arrows, mathematics, boxes
  if (point >= 0x3000 && point <= 0x303F)
    return false;  // punctuation of Chinese, Japanese and Korean
  if (point >= 0xFF00 && point <= 0xFF0F) return false;
  return point != 0xFEFF && point != 0xFFFD;
}

// One code point; an ill-formed byte counts as U+FFFD, which is in no word.
std::uint32_t next_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::uint32_t lead = byte(at++);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  std::uint32_t point = more == 0 ? 0xFFFD : lead & (0x3Fu >> more);
  for (int i = 0; i < more; ++i) {
    if (at >= text.size() || (byte(at) & 0xC0) != 0x80) return 0xFFFD;
    point = point << 6 | (byte(at++) & 0x3Fu);
  }
  return point;
}

class Counter {
 public:
  explicit Counter(std::uint32_t dimension) : sums_(dimension) {}

  void word(std::uint64_t hash) {
    count(mix(hash), 1.0f);
    if (before_ != 0)
      count(mix(before_ * fnv_prime ^ hash), 0.5f);  // the pair says less than the word
    before_ = hash;
  }

  // Of length 1. A text without words, or whose words cancel out, is what its bytes are.
  std::vector<float> finish(std::string_view text) {
    double square = norm();
    if (square == 0) {
      std::uint64_t hash = fnv_basis;
      for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * fnv_prime;
      count(mix(hash), 1.0f);
      square = norm();
    }
    const auto scale = static_cast<float>(1.0 / std::sqrt(square));
    for (float& each : sums_) each *= scale;
    return std::move(sums_);
  }

 private:
  void count(std::uint64_t hash, float weight) {
    sums_[(hash >> 1) % sums_.size()] += (hash & 1) != 0 ? weight : -weight;
  }
  double norm() const {
    double square = 0;
    for (const float each : sums_) square += static_cast<double>(each) * static_cast<double>(each);
    return square;
  }

  std::vector<float> sums_;
  std::uint64_t before_ = 0;
};

}  // namespace

std::vector<float> embed(std::string_view text, std::uint32_t dimension) {
  Counter counter(dimension);
  std::uint64_t hash = fnv_basis;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t point = next_point(text, at);
    if (in_word(point)) {
      hash = (hash ^ lower(point)) * fnv_prime;
      inside = true;
    } else if (inside) {
      counter.word(hash);
      hash = fnv_basis;
      inside = false;
    }
  }
  if (inside) counter.word(hash);
  return counter.finish(text);
}

}  // namespace embedder_hash
