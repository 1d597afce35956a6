#include "core/read/plain.hpp"

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t title_length = 50;

// `text` without blank lines at its beginning, and blank space at its end.
std::string_view body_of(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n\f\v");
  if (first == std::string_view::npos) return {};
  const std::size_t line = text.rfind('\n', first);
  text.remove_prefix(line == std::string_view::npos ? 0 : line + 1);
  return text.substr(0, text.find_last_not_of(" \t\n\f\v") + 1);
}

}  // namespace

std::string with_unix_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end =
        std::min(text.find_first_of(std::string_view("\r\0", 2), at), text.size());
    out.append(text, at, end - at);
    if (end < text.size()) out += text[end] == '\r' ? "\n" : "\xEF\xBF\xBD";
    at = end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
  }
  return out;
}

std::string first_line(std::string_view text) {
  const std::string_view trimmed = base::trim(text);
  const std::string_view line = base::trim(trimmed.substr(0, trimmed.find_first_of("\r\n")));
  return std::string(base::trim(line.substr(0, base::advance_code_points(line, 0, title_length))));
}

model::Document read_plain(std::string_view text, const std::string& uri) {
  model::Document document;
  document.title = first_line(text);
  document.title_guessed = true;
  if (document.title.empty()) {
    document.title = "Empty Document";
    return document;
  }
  model::Section leaf;
  leaf.url = uri;
  leaf.text = body_of(with_unix_lines(text));
  document.children.push_back(std::move(leaf));
  return document;
}

}  // namespace freshet::read
