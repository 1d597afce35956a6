// freshet/sdk/base64.hpp - vectors as base64 (RFC 4648) of little-endian 32-bit floats: a quarter of
// what they take as decimals, and exact.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::sdk {
namespace detail {

inline constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::uint8_t no_base64_digit = 64;

inline constexpr std::array<std::uint8_t, 256> base64_digits = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_base64_digit);
  for (std::uint8_t i = 0; i < base64_alphabet.size(); ++i)
    values[static_cast<unsigned char>(base64_alphabet[i])] = i;
  return values;
}();

// Byte `at` of the floats as they are sent.
inline std::uint32_t byte_of(std::span<const float> vector, std::size_t at) {
  const auto bits = std::bit_cast<std::uint32_t>(vector[at / sizeof(float)]);
  return bits >> 8 * (at % sizeof(float)) & 0xFF;
}

inline std::size_t base64_padding(std::string_view text) {
  return text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
}

// Four digits, of which the last `padding` are missing, are 24 bits with zeros behind.
inline std::optional<std::uint32_t> base64_group(std::string_view four, std::size_t padding) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const bool missing = i + padding >= 4;
    const std::uint8_t digit = missing ? 0 : base64_digits[static_cast<unsigned char>(four[i])];
    if (digit == no_base64_digit) return std::nullopt;
    bits = bits << 6 | digit;
  }
  if ((bits & ((1u << 8 * padding) - 1)) != 0) return std::nullopt;  // said, and then cut off
  return bits;
}

inline std::optional<std::string> bytes_of_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::size_t padding = at + 4 == text.size() ? base64_padding(text) : 0;
    const auto bits = base64_group(text.substr(at, 4), padding);
    if (!bits) return std::nullopt;
    for (std::size_t i = 0; i < 3 - padding; ++i)
      bytes.push_back(static_cast<char>(*bits >> (16 - 8 * i) & 0xFF));
  }
  return bytes;
}

}  // namespace detail

inline std::string base64_of_floats(std::span<const float> vector) {
  const std::size_t size = vector.size_bytes();
  std::string out;
  out.reserve((size + 2) / 3 * 4);
  for (std::size_t at = 0; at < size; at += 3) {
    const std::size_t left = size - at;
    std::uint32_t group = detail::byte_of(vector, at) << 16;
    if (left > 1) group |= detail::byte_of(vector, at + 1) << 8;
    if (left > 2) group |= detail::byte_of(vector, at + 2);
    out += detail::base64_alphabet[group >> 18];
    out += detail::base64_alphabet[group >> 12 & 63];
    out += left > 1 ? detail::base64_alphabet[group >> 6 & 63] : '=';
    out += left > 2 ? detail::base64_alphabet[group & 63] : '=';
  }
  return out;
}

// Nothing where `text` is not that to the last bit: standard alphabet, padded, whole floats.
inline std::optional<std::vector<float>> floats_of_base64(std::string_view text) {
  const auto bytes = detail::bytes_of_base64(text);
  if (!bytes || bytes->size() % sizeof(float) != 0) return std::nullopt;
  std::vector<float> floats;
  floats.reserve(bytes->size() / sizeof(float));
  for (std::size_t at = 0; at < bytes->size(); at += sizeof(float)) {
    std::uint32_t bits = 0;
    for (std::size_t i = sizeof(float); i-- > 0;)
      bits = bits << 8 | static_cast<unsigned char>((*bytes)[at + i]);
    floats.push_back(std::bit_cast<float>(bits));
  }
  return floats;
}

// Nothing where it is not that to the last bit: standard alphabet, padded.
using detail::bytes_of_base64;

// Any bytes as base64.
inline std::string base64_of_bytes(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      text += i + j <= bytes.size() ? detail::base64_alphabet[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

}  // namespace freshet::sdk
