#include "core/lmdb/format.hpp"

#include <fmt/format.h>

namespace freshet::lmdb {
namespace {

// The key's own sum is spread over all bits before the two meet, so that swapping what belongs to
// the key and what belongs to the body changes the result.
std::uint64_t sum_of(Db db, std::string_view key, std::string_view body) {
  const std::uint64_t place = base::checksum(key) + static_cast<std::uint64_t>(db) + 1;
  return base::checksum(body) ^ (place * 0x9E3779B97F4A7C15u);
}

}  // namespace

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

base::Digest digest_at(std::string_view bytes, std::size_t at) {
  base::Digest digest;
  std::memcpy(digest.bytes.data(), bytes.data() + at, digest.bytes.size());
  return digest;
}

void take_part(std::string_view& key, std::uint32_t& out) {
  out = __builtin_bswap32(load<std::uint32_t>(key.data()));
  key.remove_prefix(sizeof out);
}

void take_part(std::string_view& key, std::uint64_t& out) {
  out = __builtin_bswap64(load<std::uint64_t>(key.data()));
  key.remove_prefix(sizeof out);
}

void take_part(std::string_view& key, base::Digest& out) {
  out = digest_at(key, 0);
  key.remove_prefix(sizeof out);
}

void take_part(std::string_view& key, base::Instant& out) {
  std::uint64_t bits = 0;
  take_part(key, bits);
  out.ms = static_cast<std::int64_t>(bits ^ (std::uint64_t{1} << 63));
}

std::optional<std::string_view> unseal(Db db, std::string_view key, std::string_view value) {
  if (value.size() < seal_size || static_cast<std::uint8_t>(value[0]) != value_version) return {};
  const std::string_view body = value.substr(seal_size);
  if (load<std::uint64_t>(value.data() + 1) != sum_of(db, key, body)) return {};
  return body;
}

std::string seal_problem(std::string_view value) {
  if (value.size() < seal_size) return fmt::format("is {} bytes, too short", value.size());
  if (static_cast<std::uint8_t>(value[0]) != value_version)
    return fmt::format("has version {}, not {}", static_cast<std::uint8_t>(value[0]),
                       value_version);
  return "does not match its checksum";
}

std::string_view Encoder::seal(Db db, std::string_view key) {
  const std::uint64_t sum = sum_of(db, key, body());
  bytes_[0] = static_cast<char>(value_version);
  std::memcpy(bytes_.data() + 1, &sum, sizeof sum);
  return bytes_;
}

}  // namespace freshet::lmdb
