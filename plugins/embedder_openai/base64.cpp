#include "base64.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <string>

namespace embedder_openai {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 64;

constexpr std::array<std::uint8_t, 256> digits = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::uint8_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = i;
  return values;
}();

std::size_t padding_of(std::string_view text) {
  return text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
}

// Four digits, of which the last `padding` are missing, are 24 bits with zeros behind.
std::optional<std::uint32_t> take_group(std::string_view four, std::size_t padding) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const bool missing = i + padding >= 4;
    const std::uint8_t digit = missing ? 0 : digits[static_cast<unsigned char>(four[i])];
    if (digit == no_digit) return std::nullopt;
    bits = bits << 6 | digit;
  }
  if ((bits & ((1u << 8 * padding) - 1)) != 0) return std::nullopt;  // said, and then cut off
  return bits;
}

std::optional<std::string> bytes_of(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::size_t padding = at + 4 == text.size() ? padding_of(text) : 0;
    const auto bits = take_group(text.substr(at, 4), padding);
    if (!bits) return std::nullopt;
    for (std::size_t i = 0; i < 3 - padding; ++i)
      bytes.push_back(static_cast<char>(*bits >> (16 - 8 * i) & 0xFF));
  }
  return bytes;
}

}  // namespace

std::optional<std::vector<float>> floats_of_base64(std::string_view text) {
  const auto bytes = bytes_of(text);
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

}  // namespace embedder_openai
