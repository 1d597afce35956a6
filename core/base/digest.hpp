// core/base/digest.hpp - 128-bit digests (XXH3), the names of roots, sections, chunks and texts.
//
// XXH3-128 is quick and well spread, and not cryptographic: a digest says "the same content", never
// "from a trusted hand".
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::base {

struct Digest {
  std::array<std::uint8_t, 16> bytes{};  // canonical (big-endian) form: sorts as its hex does

  friend auto operator<=>(const Digest&, const Digest&) = default;
  bool empty() const { return *this == Digest{}; }
  std::string hex() const;  // 32 lower-case digits
  static std::optional<Digest> from_hex(std::string_view text);
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), 16}; }
};

Digest digest_of(std::string_view content);

// Hashes a sequence of fields; each is preceded by its length, so that ("ab","c") is not
// ("a","bc").
class DigestBuilder {
 public:
  DigestBuilder();
  ~DigestBuilder();
  DigestBuilder(const DigestBuilder&) = delete;
  DigestBuilder& operator=(const DigestBuilder&) = delete;
  DigestBuilder& add(std::string_view field);
  DigestBuilder& add(std::uint64_t number);
  DigestBuilder& add(const Digest& digest) { return add(digest.view()); }
  Digest finish() const;

 private:
  void* state_;
};

// 64 bits, for checksums of stored values.
std::uint64_t checksum(std::string_view content);

}  // namespace freshet::base

template <>
struct std::hash<freshet::base::Digest> {
  std::size_t operator()(const freshet::base::Digest& digest) const noexcept {
    std::size_t value;  // any eight bytes of a good hash are a good hash
    std::memcpy(&value, digest.bytes.data(), sizeof value);
    return value;
  }
};
