// store_chroma/rank.hpp - which texts fit some words best. Chroma tells which documents have a word
// and ranks nothing, so freshet ranks what it tells, by BM25.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace store_chroma {

// The words of a query in small letters, each once, without the ends that English words change by,
// and without those that nearly every text has, unless there are no others; `most` of them.
std::vector<std::string> terms_of(std::string_view query, std::size_t most);

// A regular expression that holds for each text that has `term` at the beginning of a word.
std::string pattern_of(const std::string& term);

// Borrowed.
struct Ranked {
  std::string_view text, title, path;
};

// A score for each: those with every term have 1 and more, those without any 0.
std::vector<double> scores_of(std::span<const Ranked> rows, const std::vector<std::string>& terms,
                              std::uint64_t all_rows);

}  // namespace store_chroma
