#include "rank.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <freshet/sdk/stop_words.hpp>

namespace store_chroma {
namespace {

constexpr std::size_t shortest_stem = 3;
constexpr std::size_t telling_beginning = 5;  // letters that say what word it is
constexpr std::size_t longest_end = 4;
constexpr double k1 = 1.2, b = 0.75;
// A word in a heading says more of a section than one in its text.
constexpr double title_weight = 2, path_weight = 4;

bool in_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || c == '_';
}

std::string stem_of(std::string word) {
  for (const std::string_view end : {"ing", "ed", "es", "s", "e"}) {
    if (!word.ends_with(end) || word.size() < shortest_stem + end.size()) continue;
    word.resize(word.size() - end.size());
    break;
  }
  return word;
}

// "decorat" is meant by "decorators", too.
bool means(const std::string& term, const std::string& word) {
  const bool begins = term.size() >= telling_beginning && word.starts_with(term) &&
                      word.size() <= term.size() + longest_end;
  return begins || stem_of(word) == term;
}

// Calls `take` with each word, in small letters as far as ASCII goes.
template <typename Take>
void each_word(std::string_view text, Take&& take) {
  for (std::size_t at = 0; at < text.size();) {
    std::string word;
    for (; at < text.size() && in_word(text[at]); ++at) {
      const char c = text[at];
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (word.empty())
      ++at;
    else
      take(std::move(word));
  }
}

// How often each term occurs, weighted, and how many words there are.
struct Counted {
  std::vector<double> of_term;
  double words = 0;
};

Counted count(const Ranked& row, const std::vector<std::string>& terms) {
  Counted counted{std::vector<double>(terms.size()), 0};
  const auto add = [&](std::string_view text, double weight) {
    each_word(text, [&](const std::string& word) {
      counted.words += 1;
      for (std::size_t i = 0; i < terms.size(); ++i)
        if (means(terms[i], word)) counted.of_term[i] += weight;
    });
  };
  add(row.text, 1);
  add(row.title, title_weight);
  add(row.path, path_weight);
  return counted;
}

}  // namespace

std::vector<std::string> terms_of(std::string_view query, std::size_t most) {
  std::vector<std::string> all, some;
  const auto add_once = [most](std::vector<std::string>& to, const std::string& stem) {
    if (to.size() < most && std::find(to.begin(), to.end(), stem) == to.end()) to.push_back(stem);
  };
  each_word(query, [&](const std::string& word) {
    add_once(all, stem_of(word));
    if (!freshet::sdk::is_stop_word(word)) add_once(some, stem_of(word));
  });
  return some.empty() ? all : some;
}

std::string pattern_of(const std::string& term) { return "(?i)\\b" + term; }

std::vector<double> scores_of(std::span<const Ranked> rows, const std::vector<std::string>& terms,
                              std::uint64_t all_rows) {
  std::vector<Counted> counted;
  std::vector<double> having(terms.size());
  double words = 0;
  for (const Ranked& row : rows) {
    counted.push_back(count(row, terms));
    words += counted.back().words;
    for (std::size_t i = 0; i < terms.size(); ++i)
      having[i] += counted.back().of_term[i] > 0 ? 1 : 0;
  }
  const double all = static_cast<double>(std::max<std::uint64_t>(all_rows, rows.size()));
  const double average = words / std::max<double>(1, static_cast<double>(rows.size()));
  std::vector<double> scores;
  for (const Counted& row : counted) {
    double sum = 0;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const double rarity = std::log(1 + (all - having[i] + 0.5) / (having[i] + 0.5));
      const double often = row.of_term[i];
      sum += rarity * often * (k1 + 1) / (often + k1 * (1 - b + b * row.words / average));
    }
    const bool every =
        std::all_of(row.of_term.begin(), row.of_term.end(), [](double often) { return often > 0; });
    scores.push_back((every && !terms.empty() ? 1 : 0) + sum / (sum + 3));  // BM25 has no upper end
  }
  return scores;
}

}  // namespace store_chroma
