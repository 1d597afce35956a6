// core/lmdb/format.hpp - the bytes of keys and values: docs/state-format.md in code.
//
// A value is one version byte, eight bytes of checksum and a body. The checksum covers the body,
// the key and the database, so that a value that is damaged, or that stands in another's place, is
// found. Nothing here trusts a length: a Decoder that runs out says so once, at the end.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "core/base/digest.hpp"
#include "core/base/instant.hpp"
#include "core/lmdb/databases.hpp"

namespace freshet::lmdb {

std::string hex(std::string_view bytes);  // of a key, for messages

inline constexpr std::uint8_t value_version = 1;
inline constexpr std::size_t seal_size = 9;  // version byte and checksum

// Integers are little-endian in values and big-endian in keys, where their order counts.
template <typename Number>
Number load(const char* bytes) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

// A key, built in place.
class Key {
 public:
  Key() = default;
  explicit Key(std::uint32_t space) { add(space); }

  Key& add(std::uint32_t number) {
    number = __builtin_bswap32(number);
    return append(&number, sizeof number);
  }
  Key& add(std::uint64_t number) {
    number = __builtin_bswap64(number);
    return append(&number, sizeof number);
  }
  Key& add(const base::Digest& digest) { return append(digest.bytes.data(), digest.bytes.size()); }
  Key& add(base::Instant at) {  // so that times before 1970 sort first
    return add(static_cast<std::uint64_t>(at.ms) ^ (std::uint64_t{1} << 63));
  }
  std::string_view view() const { return {bytes_, size_}; }
  operator std::string_view() const { return view(); }  // NOLINT: keys are passed as bytes

 private:
  Key& append(const void* bytes, std::size_t size) {
    std::memcpy(bytes_ + size_, bytes, size);
    size_ += size;
    return *this;
  }
  char bytes_[56];  // the longest: space, two digests, a number
  std::size_t size_ = 0;
};

// Sixteen bytes as they stand there; the caller has checked that there are as many.
base::Digest digest_at(std::string_view bytes, std::size_t at);

// Takes a part from the front of a key that is long enough.
void take_part(std::string_view& key, std::uint32_t& out);
void take_part(std::string_view& key, std::uint64_t& out);
void take_part(std::string_view& key, base::Digest& out);
void take_part(std::string_view& key, base::Instant& out);

// The form of a database's keys: their parts behind the space, in order. Their size, how they are
// built and how they are taken apart all come from this one list.
template <typename... Parts>
struct KeyForm {
  using Tuple = std::tuple<Parts...>;
  static constexpr std::size_t size = (sizeof(std::uint32_t) + ... + sizeof(Parts));

  static Key make(std::uint32_t space, const Parts&... parts) {
    Key key(space);
    (key.add(parts), ...);
    return key;
  }
  // Nothing where `key` has another length.
  static std::optional<Tuple> parse(std::string_view key) {
    if (key.size() != size) return std::nullopt;
    key.remove_prefix(sizeof(std::uint32_t));
    Tuple parts;
    std::apply([&](auto&... part) { (take_part(key, part), ...); }, parts);
    return parts;
  }
};

// The bytes behind the seal of `value`; nothing where the value is damaged or misplaced.
std::optional<std::string_view> unseal(Db db, std::string_view key, std::string_view value);

// Why unseal() refuses it.
std::string seal_problem(std::string_view value);

// Builds a value: fields first, then seal().
class Encoder {
 public:
  Encoder() : bytes_(seal_size, '\0') {}

  template <typename Number>
  requires std::is_integral_v<Number> Encoder& number(Number value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Encoder& digest(const base::Digest& value) {
    bytes_.append(value.view());
    return *this;
  }
  Encoder& text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    bytes_.append(value);
    return *this;
  }
  Encoder& raw(std::string_view value) {
    bytes_.append(value);
    return *this;
  }

  std::string_view body() const { return std::string_view(bytes_).substr(seal_size); }
  // The whole value, for this place.
  std::string_view seal(Db db, std::string_view key);

 private:
  std::string bytes_;
};

// Reads a body. After a field that is not there every read gives zeros; ask done() before use.
class Decoder {
 public:
  explicit Decoder(std::string_view body) : rest_(body) {}

  template <typename Number>
  Number number() {
    const std::string_view bytes = take(sizeof(Number));
    return bytes.empty() ? Number{} : load<Number>(bytes.data());
  }
  template <typename Number>
  void number(Number& out) {
    out = number<Number>();
  }
  base::Digest digest() {
    base::Digest digest;
    const std::string_view bytes = take(16);
    if (!bytes.empty()) std::memcpy(digest.bytes.data(), bytes.data(), 16);
    return digest;
  }
  std::string_view text() { return take(number<std::uint32_t>()); }
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) {
      whole_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::size_t left() const { return rest_.size(); }
  bool whole() const { return whole_; }
  bool done() const { return whole_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

}  // namespace freshet::lmdb
