// core/model/shingles.hpp - how much of one text is in another, by the runs of words that they share.
//
// A word is a run of letters and digits, whatever its case; scripts that are written without spaces
// count by the character.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::model {

// In lower case (ASCII).
std::vector<std::string> words_of(std::string_view text);

// Hashes of all runs of so many words, sorted, each once; of a shorter text the whole is one.
using Shingles = std::vector<std::uint32_t>;
Shingles shingles_of(std::span<const std::string> words, std::size_t together = 3);

std::size_t shared(const Shingles& a, const Shingles& b);

// How much of the shorter one is in the other, 0 to 1; 0 where either is empty.
double containment(const Shingles& a, const Shingles& b);

}  // namespace freshet::model
