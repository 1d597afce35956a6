#include "loader_web/tags.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

constexpr std::size_t kMaxAttributes = 64;

}  // namespace

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
  if (closes_ || (without_scripts_ && is("noscript")) ||
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
  text_begin_ = at_;
  for (;;) {
    const std::size_t open = html_.find('<', at_);
    text_ = html_.substr(text_begin_, std::min(open, html_.size()) - text_begin_);
    begin_ = std::min(open, html_.size());
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

bool Tags::has(std::string_view name) const {
  return std::any_of(attributes_.begin(), attributes_.end(),
                     [&](const Attribute& each) { return equals_ignoring_case(each.first, name); });
}

bool has_word(std::string_view list, std::string_view word) {
  while (!(list = trim(list)).empty()) {
    const std::size_t end = std::min(list.find_first_of(" \t\r\n\f"), list.size());
    if (equals_ignoring_case(list.substr(0, end), word)) return true;
    list.remove_prefix(end);
  }
  return false;
}

}  // namespace freshet::loader_web
