#include "core/read/markdown_mdx.hpp"

#include <algorithm>
#include <cctype>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t longest_tag = 16 * 1024;

std::size_t width_of(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

// "<Card", "</Card", "<>", "</>", "<Tabs.Item".
bool begins_component(std::string_view bare) {
  if (bare.size() < 2 || bare.front() != '<') return false;
  const char c = bare[1] == '/' && bare.size() > 2 ? bare[2] : bare[1];
  return c == '>' || (c >= 'A' && c <= 'Z');
}

// Past the tag's ">", which no quote or brace holds; npos where it goes on.
std::size_t end_of_tag(std::string_view text) {
  char quote = 0;
  int braces = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'' || c == '`') {
      quote = c;
    } else if (c == '{') {
      ++braces;
    } else if (c == '}') {
      --braces;
    } else if (c == '>' && braces <= 0 && text[i - 1] != '=') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

std::string attribute_of(std::string_view tag, std::string_view name) {
  for (auto at = tag.find(name); at != std::string_view::npos; at = tag.find(name, at + 1)) {
    if (at == 0 || std::isspace(static_cast<unsigned char>(tag[at - 1])) == 0) continue;
    std::string_view rest = tag.substr(at + name.size());
    if (!rest.starts_with('=')) continue;
    rest.remove_prefix(1);
    if (rest.starts_with('{')) rest.remove_prefix(1);
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) continue;
    const auto close = rest.find(rest[0], 1);
    if (close != std::string_view::npos) return std::string(rest.substr(1, close - 1));
  }
  return {};
}

std::string title_of(std::string_view tag) {
  for (const std::string_view name : {"title", "label", "summary", "header", "question"})
    if (std::string title = attribute_of(tag, name); !title.empty()) return title;
  return {};
}

bool begins_script(std::string_view line) {
  if (line.starts_with("import ") || line.starts_with("import{"))
    return line.find(" from ") != std::string_view::npos ||
           line.find('"') != std::string_view::npos || line.find('\'') != std::string_view::npos ||
           line.ends_with('{') || line.ends_with(',');
  for (const std::string_view start :
       {"export const ", "export default ", "export function ", "export let ", "export var ",
        "export {", "export * ", "export async ", "export class ", "export type ",
        "export interface "})
    if (line.starts_with(start)) return true;
  return false;
}

bool is_list_item(std::string_view bare) {
  if (bare.size() < 2) return false;
  if ((bare[0] == '-' || bare[0] == '*' || bare[0] == '+') && bare[1] == ' ') return true;
  const auto digits = bare.find_first_not_of("0123456789");
  return digits != std::string_view::npos && digits > 0 && digits < 10 &&
         digits + 1 < bare.size() && (bare[digits] == '.' || bare[digits] == ')') &&
         bare[digits + 1] == ' ';
}

}  // namespace

bool MdxState::take_script(std::string_view bare) {
  for (const char c : bare)
    braces_ += (c == '{' || c == '(' || c == '[') - (c == '}' || c == ')' || c == ']');
  script_ = braces_ > 0;
  if (!script_) braces_ = 0;
  return true;
}

bool MdxState::take_tag(std::string_view bare, std::string& out) {
  tag_.append(tag_.empty() ? "" : "\n").append(bare);
  const auto end = end_of_tag(tag_);
  if (end == std::string::npos) {
    if (tag_.size() <= longest_tag) return true;
    out.append(tag_).append("\n");
    tag_.clear();
    return true;
  }
  const std::string whole = std::move(tag_);
  tag_.clear();
  const std::string_view tag = std::string_view(whole).substr(0, end);
  const std::string title = tag.starts_with("</") ? std::string() : title_of(tag);
  out += "\n";
  if (!title.empty()) out += title + "\n\n";
  margin_known_ = false;
  in_list_ = false;
  std::string_view rest = base::trim(std::string_view(whole).substr(end));
  if (rest.empty()) return true;
  if (begins_component(rest) && rest.find('\n') == std::string_view::npos)
    return take_tag(rest, out);
  if (const auto closing = rest.rfind("</");
      closing != std::string_view::npos && closing + 2 < rest.size() && rest.ends_with('>') &&
      std::isupper(static_cast<unsigned char>(rest[closing + 2])) != 0)
    rest = base::trim(rest.substr(0, closing));
  out.append(rest).append("\n");
  return true;
}

bool MdxState::take(std::string_view line, std::string& out) {
  const std::string_view bare = base::trim(line);
  if (comment_) {
    comment_ = bare.find("*/}") == std::string_view::npos;
    return true;
  }
  if (bare.starts_with("{/*")) {
    comment_ = bare.find("*/}") == std::string_view::npos;
    return true;
  }
  if (script_) return take_script(bare);
  if (!tag_.empty()) return take_tag(bare, out);
  if (begins_script(line)) return take_script(bare);
  return begins_component(bare) && take_tag(bare, out);
}

std::string_view MdxState::at_margin(std::string_view line) {
  const std::string_view bare = base::trim(line);
  if (bare.empty()) return line;
  const std::size_t width = width_of(line);
  if (!margin_known_ || width < margin_) margin_ = width;
  margin_known_ = true;
  const std::string_view shown = line.substr(std::min(width, margin_));
  if (is_list_item(bare))
    in_list_ = true;
  else if (width_of(shown) == 0)
    in_list_ = false;
  return in_list_ ? shown : shown.substr(width_of(shown) >= 4 ? width_of(shown) : 0);
}

}  // namespace freshet::read
