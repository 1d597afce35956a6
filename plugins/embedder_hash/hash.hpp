// embedder_hash/hash.hpp - feature hashing: the words and word pairs of a text, counted into the
// dimensions of a vector.
//
// A word's hash says in which dimension it counts, and whether up or down, so that words which fall
// together cancel out on average. The same text gives the same vector on every machine, for good: a
// change here needs another model id.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace embedder_hash {

// Of length 1, whatever the text; `dimension` at least 1.
std::vector<float> embed(std::string_view text, std::uint32_t dimension);

}  // namespace embedder_hash
