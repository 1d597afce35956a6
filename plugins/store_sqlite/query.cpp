#include "query.hpp"

#include <algorithm>
#include <array>

namespace store_sqlite {
namespace {

constexpr std::size_t most_terms =
    64;  // of a query; the rest of a whole page pasted in says little

// Words that nearly every text has. Looking for them costs much and ranks nothing.
constexpr std::array<std::string_view, 44> stop_words = {
    "a",   "an",   "and",  "are",  "as",    "at",     "be",   "by",  "can",  "do",   "does",
    "for", "from", "has",  "have", "how",   "i",      "if",   "in",  "is",   "it",   "its",
    "me",  "my",   "of",   "on",   "or",    "should", "that", "the", "this", "to",   "use",
    "was", "we",   "what", "when", "where", "which",  "who",  "why", "will", "with", "you"};

// The characters of FTS5's unicode61 tokens, as far as ASCII goes; beyond it the tokenizer decides.
bool in_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || c == '_';
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool is_stop_word(const std::string& word) {
  return std::find(stop_words.begin(), stop_words.end(), lower(word)) != stop_words.end();
}

std::string quoted_term(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

void add_once(std::vector<std::string>& to, std::string text) {
  if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(std::move(text));
}

std::vector<std::string> words_of(std::string_view term) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < term.size();) {
    if (!in_word(term[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < term.size() && in_word(term[end])) ++end;
    words.emplace_back(term.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string joined(const std::vector<std::string>& parts, std::string_view by) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += by;
    out += quoted_term(part);
  }
  return out;
}

// Without the stop words, unless there is nothing else.
std::vector<std::string> telling(const std::vector<std::string>& all) {
  std::vector<std::string> some;
  for (const std::string& each : all)
    if (!is_stop_word(each)) some.push_back(each);
  return some.empty() ? all : some;
}

}  // namespace

std::vector<std::string> terms_of(std::string_view query) {
  constexpr std::string_view blank(" \t\r\n\f\v\0", 7);
  std::vector<std::string> terms;
  for (std::size_t at = 0; at < query.size() && terms.size() < most_terms;) {
    const std::size_t begin = query.find_first_not_of(blank, at);
    if (begin == std::string_view::npos) break;
    at = std::min(query.find_first_of(blank, begin), query.size());
    const std::string_view term = query.substr(begin, at - begin);
    if (!words_of(term).empty()) add_once(terms, std::string(term));
  }
  return terms;
}

std::string all_of(const std::vector<std::string>& terms) {
  std::vector<std::string>
      plain;  // a term's own punctuation at its ends is no stop word's disguise
  for (const std::string& term : terms) {
    const auto words = words_of(term);
    plain.push_back(words.size() == 1 ? words.front() : term);
  }
  return joined(telling(plain), " AND ");
}

std::string any_of(const std::vector<std::string>& terms) {
  std::vector<std::string> parts;
  for (const std::string& term : terms) {
    const auto words = words_of(term);
    if (words.size() > 1) add_once(parts, term);  // the words in a row count as well as each alone
    for (const std::string& word : words) add_once(parts, word);
  }
  return joined(telling(parts), " OR ");
}

}  // namespace store_sqlite
