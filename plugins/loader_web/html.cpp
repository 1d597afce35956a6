#include "loader_web/html.hpp"

#include <algorithm>

#include "loader_web/tags.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

constexpr std::size_t kHeadBytes = 64 << 10;
constexpr std::size_t kPageBytes = 256 << 10;
constexpr std::size_t kLoginText = 600;  // characters that are not blank; a login form has fewer

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

}  // namespace freshet::loader_web
