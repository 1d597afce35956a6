#include "products.hpp"

#include <algorithm>
#include <limits>

namespace store_sqlite {
namespace {

using Multiply = void (*)(const std::int8_t*, std::span<const std::int16_t>,
                          std::span<std::int32_t>);

// Whole numbers may be added in any order, so the compiler is free to take as many at once as the processor can.
[[gnu::always_inline]] inline void multiply(const std::int8_t* codes,
                                            std::span<const std::int16_t> query,
                                            std::span<std::int32_t> out) {
  const std::int16_t* factors = query.data();
  const std::size_t size = query.size();
  for (std::int32_t& each : out) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < size; ++i)
      sum += static_cast<std::int32_t>(codes[i]) * static_cast<std::int32_t>(factors[i]);
    each = sum;
    codes += size;
  }
}

#if defined(__x86_64__)
[[gnu::target("avx512bw,avx512vl")]] void multiply_avx512(const std::int8_t* codes,
                                                          std::span<const std::int16_t> query,
                                                          std::span<std::int32_t> out) {
  multiply(codes, query, out);
}

[[gnu::target("avx2")]] void multiply_avx2(const std::int8_t* codes,
                                           std::span<const std::int16_t> query,
                                           std::span<std::int32_t> out) {
  multiply(codes, query, out);
}

Multiply best() {
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    return multiply_avx512;
  if (__builtin_cpu_supports("avx2")) return multiply_avx2;
  return multiply_rows_plainly;
}
#else
Multiply best() { return multiply_rows_plainly; }  // NEON is part of every 64-bit ARM
#endif

}  // namespace

std::int32_t largest_factor(std::size_t dimension) {
  const std::int64_t most =
      std::numeric_limits<std::int32_t>::max() /
      (largest_code * std::max<std::int64_t>(static_cast<std::int64_t>(dimension), 1));
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(most, 1, std::numeric_limits<std::int16_t>::max()));
}

void multiply_rows_plainly(const std::int8_t* codes, std::span<const std::int16_t> query,
                           std::span<std::int32_t> out) {
  multiply(codes, query, out);
}

void multiply_rows(const std::int8_t* codes, std::span<const std::int16_t> query,
                   std::span<std::int32_t> out) {
  static const Multiply chosen = best();
  chosen(codes, query, out);
}

}  // namespace store_sqlite
