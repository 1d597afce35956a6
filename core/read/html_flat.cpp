// What stands in one line, or as it stands: headings, cells, code, equations.
#include "core/read/html_flat.hpp"

#include <algorithm>
#include <vector>

#include "core/base/text.hpp"
#include "core/read/html_boilerplate.hpp"

namespace freshet::read {
namespace {

// All text below `root` but that of left-out elements, without recursion.
template <typename OnText, typename OnElement>
void walk(const GumboNode* root, const OnText& on_text, const OnElement& on_element) {
  struct Level {
    const GumboNode* node;
    std::size_t next;
  };
  std::vector<Level> open{{root, 0}};
  while (!open.empty()) {
    Level& level = open.back();
    const auto children = children_of(level.node);
    if (level.next == children.size()) {
      open.pop_back();
      if (!open.empty()) on_element(level.node, true);
      continue;
    }
    const GumboNode* child = children[level.next++];
    if (is_text(child))
      on_text(child->v.text.text);
    else if (is_element(child) && on_element(child, false))
      open.push_back({child, 0});
  }
}

const GumboNode* find_foreign(const GumboNode* root, std::string_view name) {
  const GumboNode* found = nullptr;
  walk(
      root, [](const char*) {},
      [&](const GumboNode* element, bool end) {
        const std::string_view tag(element->v.element.original_tag.data,
                                   element->v.element.original_tag.length);
        if (!end && found == nullptr && tag.size() > name.size() &&
            tag.substr(1, name.size()) == name)
          found = element;
        return found == nullptr;
      });
  return found;
}

// With plain blanks for no-break spaces, and \n for \r.
void append_code(std::string_view text, std::string& code) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\xC2"), text.size());
    code += text.substr(0, end);
    text.remove_prefix(end);
    if (text.empty()) return;
    const bool blank = text.starts_with("\xC2\xA0");
    code += blank ? ' ' : text.front() == '\r' ? '\n' : text.front();
    text.remove_prefix(blank ? 2 : 1);
  }
}

bool known_language(std::string_view name) {
  return !name.empty() && name != "default" && name != "none" && name != "text" &&
         name != "plaintext" && name != "plain" && name != "notranslate" && name.size() <= 30 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '+' || c == '#' || c == '-' || c == '_' || c == '.';
         });
}

std::string language_in(const GumboNode* element) {
  std::string language;
  any_word(attribute(element, "class"), [&](std::string_view word) {
    for (const std::string_view prefix :
         {"language-", "lang-", "highlight-source-", "highlight-"}) {
      if (!word.starts_with(prefix)) continue;
      if (!known_language(word.substr(prefix.size()))) return false;
      language = word.substr(prefix.size());
      return true;
    }
    return false;
  });
  if (language.empty() && known_language(attribute(element, "data-lang")))
    language = attribute(element, "data-lang");
  return language;
}

}  // namespace

void flatten(const GumboNode* node, Writer& writer) {
  walk(
      node, [&](const char* text) { writer.inline_text(text); },
      [&](const GumboNode* element, bool end) {
        const GumboTag tag = tag_of(element);
        if (tag == GUMBO_TAG_LAST) {
          if (!end && element->v.element.tag == GUMBO_TAG_MATH)
            writer.inline_text(math_text(element));
          return false;
        }
        if (is_block(tag) || tag == GUMBO_TAG_BR || tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH)
          writer.space();
        if (end || is_left_out(element, Keep::visible, true)) return false;
        if (tag == GUMBO_TAG_IMG) writer.inline_text(image_text(element));
        return true;
      });
}

std::string flat_text(const GumboNode* node) {
  std::string out;
  Writer writer(out);
  flatten(node, writer);
  return out;
}

std::string verbatim_text(const GumboNode* pre) {
  std::string code;
  walk(
      pre, [&](const char* text) { append_code(text, code); },
      [&](const GumboNode* element, bool end) {
        const GumboTag tag = tag_of(element);
        if (tag == GUMBO_TAG_BR && !end) code += '\n';
        // Two codes in one box, one beside the other: each begins a line.
        if (tag == GUMBO_TAG_CODE && !end && element->parent == pre && !code.empty())
          if (code.back() != '\n') code += '\n';
        return !end && tag != GUMBO_TAG_LAST && !is_left_out(element, Keep::visible, true);
      });
  code.resize(code.find_last_not_of(" \t\n") + 1);
  code.erase(0, std::min(code.find_first_not_of('\n'), code.size()));
  return code;
}

std::string code_language(const GumboNode* pre) {
  std::string language = language_in(pre);
  for (const GumboNode* child : children_of(pre))
    if (language.empty() && tag_of(child) == GUMBO_TAG_CODE) language = language_in(child);
  const GumboNode* box = pre->parent;
  for (int level = 0;
       level < 3 && language.empty() && box != nullptr && tag_of(box) == GUMBO_TAG_DIV; ++level) {
    language = language_in(box);
    box = box->parent;
  }
  return language;
}

std::string fenced(std::string_view code, std::string_view language) {
  std::size_t longest = 2;
  for (std::size_t at = code.find("```"); at != std::string_view::npos;) {
    const std::size_t end = std::min(code.find_first_not_of('`', at), code.size());
    longest = std::max(longest, end - at);
    at = code.find("```", end);
  }
  const std::string fence(longest + 1, '`');
  std::string out = fence;
  out.append(language).append("\n").append(code).append("\n").append(fence);
  return out;
}

std::string math_text(const GumboNode* math) {
  if (const GumboNode* tex = find_foreign(math, "annotation"))
    if (attribute(tex, "encoding").find("tex") != std::string_view::npos) {
      std::string out;
      walk(
          tex, [&](const char* text) { out += text; },
          [](const GumboNode*, bool end) { return !end; });
      return collapsed(out);
    }
  if (const std::string_view alternative = attribute(math, "alttext"); !alternative.empty())
    return collapsed(alternative);
  std::string out;
  walk(
      math, [&](const char* text) { out += text; },
      [](const GumboNode*, bool end) { return !end; });
  return collapsed(out);
}

std::string_view image_text(const GumboNode* image) {
  const std::string_view text = base::trim(attribute(image, "alt"));
  if (text.find(' ') != std::string_view::npos) return text;
  const std::string name = base::to_lower(text);
  for (const std::string_view end : {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"})
    if (name.ends_with(end)) return {};
  return text;
}

}  // namespace freshet::read
