#include "loader_web/selector.hpp"

#include <algorithm>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

constexpr const char* kThereAre =
    "there are tag, *, .class, #id, [name], [name=value], a blank for inside of, > and a comma";

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || static_cast<unsigned char>(c) > 0x7F;
}

bool has_class(std::string_view list, std::string_view wanted) {
  while (!(list = trim(list)).empty()) {
    const std::size_t end = std::min(list.find_first_of(" \t\r\n\f"), list.size());
    if (list.substr(0, end) == wanted) return true;
    list.remove_prefix(end);
  }
  return false;
}

}  // namespace

class Selectors::Parser {
 public:
  Parser(std::string_view text, std::string path, std::vector<Part>& parts)
      : text_(trim(text)), path_(std::move(path)), parts_(parts) {}

  // One selector of a list; false at the end.
  bool next() {
    bool first = true, child = false;
    for (;;) {
      skip_blanks();
      if (!first && (at_ == text_.size() || text_[at_] == ',')) break;
      if (!first && text_[at_] == '>') {
        child = true;
        ++at_;
        skip_blanks();
      }
      Part part = read_part();
      part.first = first;
      part.child = child;
      parts_.push_back(std::move(part));
      first = child = false;
    }
    return at_ < text_.size() && text_[at_++] == ',';
  }

 private:
  [[noreturn]] void reject(const std::string& message) const {
    throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, message, path_);
  }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  std::string read_name() {
    std::string name;
    while (at_ < text_.size() && (is_name(text_[at_]) || text_[at_] == '\\')) {
      if (text_[at_] == '\\' && ++at_ == text_.size()) break;
      name.push_back(text_[at_++]);
    }
    if (name.empty()) reject_here();
    return name;
  }

  [[noreturn]] void reject_here() const {
    if (at_ == text_.size()) reject(std::string("a selector ends too soon; ") + kThereAre);
    reject("\"" + std::string(text_.substr(at_, 1)) + "\" is not understood in a selector; " +
           kThereAre);
  }

  std::string read_value() {
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '"' && quote != '\'') return read_name();
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) reject("a quote in a selector is not closed");
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }

  Test read_test() {
    Test test;
    skip_blanks();
    test.name = read_name();
    skip_blanks();
    test.any = at_ < text_.size() && text_[at_] == ']';
    if (!test.any) {
      if (at_ == text_.size() || text_[at_] != '=') reject_here();
      ++at_;
      skip_blanks();
      test.value = read_value();
      skip_blanks();
    }
    if (at_ == text_.size() || text_[at_] != ']') reject_here();
    ++at_;
    return test;
  }

  Part read_part() {
    Part part;
    const std::size_t begin = at_;
    if (at_ < text_.size() && text_[at_] == '*')
      ++at_;
    else if (at_ < text_.size() && (is_name(text_[at_]) || text_[at_] == '\\'))
      part.tag = lower(read_name());
    for (;;) {
      const char c = at_ < text_.size() ? text_[at_] : '\0';
      if (c != '.' && c != '#' && c != '[') break;
      ++at_;
      if (c == '.') part.classes.push_back(read_name());
      if (c == '#') part.tests.push_back({"id", read_name(), false});
      if (c == '[') part.tests.push_back(read_test());
    }
    const std::string_view stops = " \t\r\n,>";
    if (at_ == begin || (at_ < text_.size() && stops.find(text_[at_]) == std::string_view::npos))
      reject_here();
    return part;
  }

  const std::string_view text_;
  const std::string path_;
  std::vector<Part>& parts_;
  std::size_t at_ = 0;
};

Selectors::Selectors(const std::vector<std::string>& texts, const std::string& path) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string at = path + "[" + std::to_string(i) + "]";
    Parser parser(texts[i], at, parts_);
    for (bool more = true; more;) {
      more = parser.next();
      if (parts_.size() > most_parts)
        throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT,
                           "selectors of more than " + std::to_string(most_parts) + " parts", at);
      last_ |= std::uint64_t{1} << (parts_.size() - 1);
    }
  }
}

bool Selectors::fits(const Part& part, const Tags& tags) {
  if (!part.tag.empty() && !tags.is(part.tag)) return false;
  if (!part.classes.empty()) {
    const std::string classes = decoded(tags.attribute("class"));
    for (const std::string& name : part.classes)
      if (!has_class(classes, name)) return false;
  }
  return std::all_of(part.tests.begin(), part.tests.end(), [&](const Test& test) {
    return tags.has(test.name) && (test.any || decoded(tags.attribute(test.name)) == test.value);
  });
}

Matched Selectors::match(const Tags& tags, const Matched& parent) const {
  Matched element;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    const std::uint64_t bit = std::uint64_t{1} << i;
    const std::uint64_t needed = part.child ? parent.here : parent.around;
    if (!part.first && (needed & (bit >> 1)) == 0) continue;
    if (fits(part, tags)) element.here |= bit;
  }
  element.around = parent.around | element.here;
  return element;
}

}  // namespace freshet::loader_web
