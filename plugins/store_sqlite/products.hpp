// store_sqlite/products.hpp - the one loop that every vector of a namespace goes through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace store_sqlite {

inline constexpr int largest_code = 127;

// The largest number in a query of `dimension` for which no sum of products overflows.
std::int32_t largest_factor(std::size_t dimension);

// The product of each row of `codes`, which lie one after the other, with `query`, exactly. With the widest instructions
// that this processor has.
void multiply_rows(const std::int8_t* codes, std::span<const std::int16_t> query,
                   std::span<std::int32_t> out);

// The same without them, to compare with.
void multiply_rows_plainly(const std::int8_t* codes, std::span<const std::int16_t> query,
                           std::span<std::int32_t> out);

}  // namespace store_sqlite
