#include "loader_web/html.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

constexpr std::size_t kHeadBytes = 64 << 10;
constexpr std::size_t kPageBytes = 256 << 10;
constexpr std::size_t kLoginText = 600;  // characters that are not blank; a login form has fewer
constexpr std::size_t kMaxAttributes = 64;

using Attribute = std::pair<std::string_view, std::string_view>;  // name, raw value

// Character references are decoded in the few that occur in URLs.
std::string decoded(std::string_view raw) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> names = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  std::string text;
  while (!raw.empty()) {
    std::size_t used = 1;
    char c = raw.front();
    for (const auto& [name, meaning] : names)
      if (raw.starts_with(name)) {
        c = meaning;
        used = name.size();
      }
    if (raw.starts_with("&#")) {
      const bool hex = raw.size() > 2 && (raw[2] == 'x' || raw[2] == 'X');
      const char* from = raw.data() + (hex ? 3 : 2);
      unsigned code = 0;
      const char* end = raw.data() + raw.size();
      const auto [stop, error] = std::from_chars(std::min(from, end), end, code, hex ? 16 : 10);
      if (error == std::errc() && stop != end && *stop == ';') {
        append_utf8(text, code);
        raw.remove_prefix(static_cast<std::size_t>(stop - raw.data()) + 1);
        continue;
      }
    }
    text.push_back(c);
    raw.remove_prefix(used);
  }
  return text;
}

// Goes from tag to tag. What lies between is handed out as text, except inside elements whose
// content is not markup.
class Tags {
 public:
  explicit Tags(std::string_view html) : html_(html) {}

  // The next start or end tag; false at the end, or where a tag, a comment or a script never ends.
  bool next();
  bool closes() const { return closes_; }
  bool is(std::string_view name) const { return equals_ignoring_case(name_, name); }
  std::string_view attribute(std::string_view name) const;
  std::string_view text() const { return text_; }  // between the last tag and this one

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  bool skip_past(std::string_view end);
  bool skip_raw_text();
  bool read_tag();
  bool read_attribute();
  std::string_view read_value();

  std::string_view html_;
  std::size_t at_ = 0;
  std::string_view name_, text_;
  std::vector<Attribute> attributes_;
  bool closes_ = false;
};

bool Tags::skip_past(std::string_view end) {
  const std::size_t found = html_.find(end, at_);
  at_ = found == std::string_view::npos ? html_.size() : found + end.size();
  return found != std::string_view::npos;
}

// Content in which tags are no tags, up to the end tag of the same name.
bool Tags::skip_raw_text() {
  static constexpr std::array<std::string_view, 10> raw = {
      "script",   "style",  "title",   "textarea", "noscript",
      "template", "iframe", "noembed", "noframes", "xmp"};
  if (closes_ ||
      std::none_of(raw.begin(), raw.end(), [&](std::string_view name) { return is(name); }))
    return true;
  for (;;) {
    if (!skip_past("</")) return false;
    if (starts_with_ignoring_case(html_.substr(at_), name_)) return skip_past(">");
  }
}

std::string_view Tags::read_value() {
  const char quote = at_ < html_.size() ? html_[at_] : '\0';
  const bool quoted = quote == '"' || quote == '\'';
  if (quoted) ++at_;
  const std::size_t begin = at_;
  const std::size_t end = std::min(
      quoted ? html_.find(quote, at_) : html_.find_first_of(" \t\r\n\f>", at_), html_.size());
  at_ = quoted && end < html_.size() ? end + 1 : end;
  return html_.substr(begin, end - begin);
}

// False at the end of the tag, or of everything.
bool Tags::read_attribute() {
  at_ = std::min(html_.find_first_not_of(" \t\r\n\f/", at_), html_.size());
  if (at_ == html_.size() || html_[at_] == '>') return false;
  const std::size_t begin = at_;
  at_ = std::min(html_.find_first_of(" \t\r\n\f/>=", at_ + 1), html_.size());
  Attribute attribute{html_.substr(begin, at_ - begin), {}};
  const std::size_t sign = html_.find_first_not_of(" \t\r\n\f", at_);
  if (sign != std::string_view::npos && html_[sign] == '=') {
    at_ = std::min(html_.find_first_not_of(" \t\r\n\f", sign + 1), html_.size());
    attribute.second = read_value();
  }
  if (attributes_.size() < kMaxAttributes) attributes_.push_back(attribute);
  return true;
}

// Behind "<" or "</" of a tag; false where it never ends.
bool Tags::read_tag() {
  const std::size_t end = std::min(html_.find_first_of(" \t\r\n\f/>", at_), html_.size());
  name_ = html_.substr(at_, end - at_);
  at_ = end;
  attributes_.clear();
  while (read_attribute()) {
  }
  if (at_ == html_.size()) return false;
  ++at_;
  return true;
}

bool Tags::next() {
  text_ = {};
  if (!name_.empty() && !skip_raw_text()) return false;
  const std::size_t text_begin = at_;
  for (;;) {
    const std::size_t open = html_.find('<', at_);
    text_ = html_.substr(text_begin, std::min(open, html_.size()) - text_begin);
    if (open == std::string_view::npos) return false;
    at_ = open + 1;
    const std::string_view here = html_.substr(at_);
    if (here.starts_with("!--")) return skip_past("-->") && (name_ = {}, attributes_.clear(), true);
    if (here.starts_with("!") || here.starts_with("?"))
      return skip_past(">") && (name_ = {}, attributes_.clear(), true);
    closes_ = here.starts_with("/");
    const std::size_t letter = closes_ ? 1 : 0;
    if (here.size() <= letter || !is_letter(here[letter])) continue;  // a '<' that is text
    at_ += letter;
    return read_tag();
  }
}

std::string_view Tags::attribute(std::string_view name) const {
  for (const Attribute& each : attributes_)
    if (equals_ignoring_case(each.first, name)) return each.second;
  return {};
}

bool has_word(std::string_view list, std::string_view word) {
  while (!(list = trim(list)).empty()) {
    const std::size_t end = std::min(list.find_first_of(" \t\r\n\f"), list.size());
    if (equals_ignoring_case(list.substr(0, end), word)) return true;
    list.remove_prefix(end);
  }
  return false;
}

std::string url_in(std::string_view attribute) { return decoded(trim(attribute)); }

std::size_t visible_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > ' ' && (byte & 0xC0) != 0x80;
  }));
}

}  // namespace

std::optional<MetaRefresh> parse_refresh(std::string_view content) {
  content = trim(content);
  const std::size_t digits = std::min(content.find_first_not_of("0123456789"), content.size());
  if (digits == 0 && !content.starts_with('.')) return std::nullopt;
  MetaRefresh refresh;
  refresh.delay_s = static_cast<int>(
      parse_number(content.substr(0, digits), 1'000'000).value_or(digits == 0 ? 0 : 1'000'000));
  content.remove_prefix(std::min(content.find_first_not_of("0123456789."), content.size()));
  content = trim(content);
  if (content.starts_with(';') || content.starts_with(',')) content = trim(content.substr(1));
  if (starts_with_ignoring_case(content, "url")) {
    const std::string_view rest = trim(content.substr(3));
    if (rest.starts_with('=')) content = trim(rest.substr(1));
  }
  if (content.starts_with('"') || content.starts_with('\'')) {
    const char quote = content.front();
    content = content.substr(1);
    content = content.substr(0, content.find(quote));
  }
  refresh.url = trim(content);
  return refresh;
}

HtmlHead read_head(std::string_view html) {
  HtmlHead head;
  bool disagree = false;
  Tags tags(html.substr(0, kHeadBytes));
  while (tags.next()) {
    if (tags.is("body") || (tags.closes() && tags.is("head"))) break;
    if (tags.closes()) continue;
    if (tags.is("base") && head.base.empty()) head.base = url_in(tags.attribute("href"));
    if (tags.is("link") && has_word(tags.attribute("rel"), "canonical")) {
      std::string url = url_in(tags.attribute("href"));
      disagree = disagree || (!head.canonical.empty() && head.canonical != url);
      head.canonical = std::move(url);
    }
    if (tags.is("meta") && !head.refresh &&
        equals_ignoring_case(trim(tags.attribute("http-equiv")), "refresh"))
      head.refresh = parse_refresh(decoded(tags.attribute("content")));
  }
  if (disagree) head.canonical.clear();
  return head;
}

bool is_login_page(std::string_view html) {
  bool password = false;
  std::size_t characters = 0;
  Tags tags(html.substr(0, kPageBytes));
  for (bool more = true; more;) {
    more = tags.next();
    characters += visible_characters(tags.text());
    if (characters > kLoginText) return false;
    if (more && !tags.closes() && tags.is("input") &&
        equals_ignoring_case(trim(tags.attribute("type")), "password"))
      password = true;
  }
  return password;
}

std::optional<std::string> short_text(std::string_view html, std::size_t most) {
  std::string text;
  Tags tags(html.substr(0, kPageBytes));
  for (bool more = true; more;) {
    more = tags.next();
    const std::string_view piece = trim(tags.text());
    if (piece.empty()) continue;
    if (text.size() + piece.size() > most) return std::nullopt;
    text.append(piece).append(" ");
  }
  return text;
}

}  // namespace freshet::loader_web
