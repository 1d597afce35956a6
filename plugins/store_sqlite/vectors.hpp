// store_sqlite/vectors.hpp - arithmetic on vectors, as they lie in blobs: float32 in the machine's
// order.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace store_sqlite {

// `vector` divided by its length, as a blob; empty where it has no length, or is not finite.
std::string normalised(std::span<const float> vector);

// The floats of a blob; a few bytes at its end that make none are left out.
std::vector<float> floats_of(std::string_view blob);

// The product of two blobs of the same number of floats. Blobs need no alignment.
float dot(std::string_view a, std::string_view b);

}  // namespace store_sqlite
