// freshet/sdk/stop_words.hpp - English words that nearly every text has: looking for them costs much and
// ranks nothing.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace freshet::sdk {

inline constexpr std::array<std::string_view, 44> stop_words = {
    "a",   "an",   "and",  "are",  "as",    "at",     "be",   "by",  "can",  "do",   "does",
    "for", "from", "has",  "have", "how",   "i",      "if",   "in",  "is",   "it",   "its",
    "me",  "my",   "of",   "on",   "or",    "should", "that", "the", "this", "to",   "use",
    "was", "we",   "what", "when", "where", "which",  "who",  "why", "will", "with", "you"};

// `word`: in lower case.
constexpr bool is_stop_word(std::string_view word) {
  return std::find(stop_words.begin(), stop_words.end(), word) != stop_words.end();
}

}  // namespace freshet::sdk
