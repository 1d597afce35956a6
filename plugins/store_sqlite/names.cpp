#include "names.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "letters.hpp"

namespace store_sqlite {
namespace {

constexpr std::size_t longest_signature = 300;  // bytes of a line
constexpr std::size_t most_names = 32;          // of a chunk
constexpr std::size_t most_words_before = 6;    // "static inline const struct pond *"

// What stands before a name that has no parentheses.
constexpr std::array<std::string_view, 12> kinds = {
    "attribute", "class", "const",  "constant",  "data", "enum",
    "exception", "macro", "module", "namespace", "type", "struct"};

bool in_dotted_name(char c) { return in_name(c) || c == '.' || c == ':'; }

std::string_view trimmed(std::string_view text, std::string_view of) {
  const std::size_t begin = text.find_first_not_of(of);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(of) - begin + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && begins_name(text.front()) && text.back() != '.' && text.back() != ':' &&
         std::all_of(text.begin(), text.end(), in_dotted_name);
}

bool is_dotted(std::string_view name) {
  return is_name(name) &&
         (name.find('.') != std::string_view::npos || name.find("::") != std::string_view::npos);
}

// Whether what stands before a name can be its type and its qualifiers, and is no sentence.
bool declares(std::string_view before) {
  std::size_t words = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const char c = before[i];
    if (c == ' ') ++words;
    if (!in_dotted_name(c) && std::string_view(" *&<>,~").find(c) == std::string_view::npos)
      return false;
  }
  return words <= most_words_before;
}

// "int pond_open(const char *path);"
std::string_view called(std::string_view line) {
  const std::size_t open = line.find('(');
  const bool ends =
      line.ends_with(')') || line.find(") -") != std::string_view::npos ||
      line.find(") \xE2\x86\x92") != std::string_view::npos;  // an arrow, and what is returned
  if (open == std::string_view::npos || !ends) return {};
  std::size_t begin = open;
  while (begin > 0 && in_dotted_name(line[begin - 1])) --begin;
  const std::string_view name = line.substr(begin, open - begin);
  return is_name(name) && declares(line.substr(0, begin)) ? name : std::string_view();
}

// "os.name", "exception LookupError"
std::string_view alone(std::string_view line) {
  const std::size_t blank = line.rfind(' ');
  if (blank == std::string_view::npos) return is_dotted(line) ? line : std::string_view();
  const std::string_view name = line.substr(blank + 1);
  const bool told = std::find(kinds.begin(), kinds.end(), line.substr(0, blank)) != kinds.end();
  return told && is_name(name) ? name : std::string_view();
}

std::string_view defined_by(std::string_view line) {
  line = trimmed(line, " \t\r;#`");
  if (line.empty() || line.size() > longest_signature) return {};
  const std::string_view name = called(line);
  return name.empty() ? alone(line) : name;
}

}  // namespace

std::string names_of(std::string_view url, std::string_view text) {
  std::vector<std::string_view> names;
  const auto add = [&](std::string_view name) {
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    if (!name.empty() && !known && names.size() < most_names) names.push_back(name);
  };
  const std::size_t hash = url.rfind('#');
  if (hash != std::string_view::npos && is_dotted(url.substr(hash + 1))) add(url.substr(hash + 1));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    add(defined_by(text.substr(at, end - at)));
    at = end + 1;
  }
  std::string lines;
  for (const std::string_view name : names) {
    if (!lines.empty()) lines += '\n';
    lines += name;
  }
  return lines;
}

}  // namespace store_sqlite
