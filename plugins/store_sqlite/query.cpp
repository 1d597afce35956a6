#include "query.hpp"

#include <algorithm>
#include <freshet/sdk/stop_words.hpp>
#include <vector>

#include "letters.hpp"
#include "parts.hpp"

namespace store_sqlite {
namespace {

constexpr std::size_t most_terms =
    64;  // of a query; the rest of a whole page pasted in says little

// The characters of FTS5's unicode61 tokens, as far as ASCII goes; beyond it the tokenizer decides.
bool in_word(char c) { return static_cast<unsigned char>(c) >= 0x80 || in_name(c); }

bool is_stop_word(std::string word) {
  for (char& c : word)
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  return freshet::sdk::is_stop_word(word);
}

std::vector<std::string> words_of(std::string_view term) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < term.size();) {
    std::size_t end = at;
    while (end < term.size() && in_word(term[end])) ++end;
    if (end > at) words.emplace_back(term.substr(at, end - at));
    at = end + (end == at);
  }
  return words;
}

std::string quoted_term(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    if (c != '\0') out += c;
  }
  return out += '"';
}

bool is_one_character(const std::string& word) {
  std::size_t length = 0;
  return without_blanks(word, 0, length) && length == word.size();
}

class Terms {
 public:
  explicit Terms(std::string_view query) {
    constexpr std::string_view blank(" \t\r\n\f\v\0", 7);
    for (std::size_t at = 0; words_.size() + weak_.size() < most_terms;) {
      at = query.find_first_not_of(blank, at);
      if (at == std::string_view::npos) break;
      const std::size_t close = query[at] == '"' ? query.find('"', at + 1) : std::string_view::npos;
      const bool phrase = close != std::string_view::npos;
      const std::size_t end =
          phrase ? close + 1 : std::min(query.find_first_of(blank, at), query.size());
      const std::string_view term = query.substr(at, end - at);
      phrase ? add_phrase(term.substr(1, term.size() - 2)) : add_term(term);
      at = end;
    }
  }

  std::string match() const {
    const std::vector<std::string>& any = words_.empty() ? weak_ : words_;
    std::string out;
    for (const std::string& each : phrases_) out += each + " AND ";
    if (!phrases_.empty()) out += "(" + phrases_.front() + (any.empty() ? "" : " OR ");
    for (std::size_t i = 0; i < any.size(); ++i) out += (i == 0 ? "" : " OR ") + any[i];
    return phrases_.empty() ? out : out + ")";
  }

 private:
  static void add_once(std::vector<std::string>& to, std::string text) {
    if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(std::move(text));
  }

  void add_phrase(std::string_view phrase) {
    if (!words_of(phrase).empty()) add_once(phrases_, quoted_term(phrase));
  }

  void add_word(const std::string& word, const char* star = "") {
    add_once(is_stop_word(word) ? weak_ : words_, quoted_term(word) + star);
  }

  // "asyncio.gather" is looked for as its words in a row, and as each of them.
  void add_term(std::string_view term) {
    const std::vector<std::string> words = words_of(term);
    if (words.empty()) return;
    if (words.size() > 1) add_once(words_, quoted_term(term));
    const bool prefix = term.ends_with('*') && words.back().size() > 1;
    for (const std::string& word : words)
      add_word(word, (prefix && word == words.back()) || is_one_character(word) ? "*" : "");
    for (const std::string& part : words_of(parts_of({term}))) add_word(part);
  }

  std::vector<std::string> words_, weak_, phrases_;
};

}  // namespace

std::string match_of(std::string_view query) { return Terms(query).match(); }

}  // namespace store_sqlite
