#include "vectors.hpp"

#include <array>
#include <cmath>
#include <cstring>

namespace store_sqlite {
namespace {

constexpr std::size_t lanes = 16;  // independent sums, which the compiler keeps in vector registers

float load(const char* bytes, std::size_t at) {
  float value;
  std::memcpy(&value, bytes + at * sizeof value, sizeof value);
  return value;
}

}  // namespace

std::string normalised(std::span<const float> vector) {
  double square = 0;
  for (const float each : vector) square += static_cast<double>(each) * static_cast<double>(each);
  const double length = std::sqrt(square);
  if (!std::isfinite(length) || length == 0.0) return {};
  std::string blob(vector.size() * sizeof(float), '\0');
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const auto scaled = static_cast<float>(static_cast<double>(vector[i]) / length);
    std::memcpy(blob.data() + i * sizeof scaled, &scaled, sizeof scaled);
  }
  return blob;
}

std::vector<float> floats_of(std::string_view blob) {
  std::vector<float> floats(blob.size() / sizeof(float));
  for (std::size_t i = 0; i < floats.size(); ++i) floats[i] = load(blob.data(), i);
  return floats;
}

float dot(std::string_view a, std::string_view b) {
  const std::size_t count = a.size() / sizeof(float);
  std::array<float, lanes> sums{};
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (std::size_t lane = 0; lane < lanes; ++lane)
      sums[lane] += load(a.data(), i + lane) * load(b.data(), i + lane);
  float sum = 0;
  for (const float each : sums) sum += each;
  for (; i < count; ++i) sum += load(a.data(), i) * load(b.data(), i);
  return sum;
}

}  // namespace store_sqlite
