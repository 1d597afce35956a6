#include "core/read/html_code.hpp"

#include <algorithm>
#include <vector>

#include "core/base/text.hpp"
#include "core/read/html_boilerplate.hpp"
#include "core/read/html_inline.hpp"

namespace freshet::read {
namespace {

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

// Names that stand alone in a class, beside the word of a highlighter.
bool is_common_language(std::string_view word) {
  static constexpr std::string_view names[] = {
      "bash",       "c",          "clojure",    "console", "cpp",        "csharp",  "css",
      "dart",       "diff",       "dockerfile", "elixir",  "erlang",     "fortran", "go",
      "graphql",    "groovy",     "haskell",    "html",    "http",       "ini",     "java",
      "javascript", "js",         "json",       "jsx",     "julia",      "kotlin",  "latex",
      "lua",        "makefile",   "matlab",     "nginx",   "objectivec", "ocaml",   "perl",
      "php",        "powershell", "python",     "r",       "ruby",       "rust",    "scala",
      "sh",         "shell",      "sql",        "swift",   "toml",       "ts",      "tsx",
      "typescript", "vim",        "xml",        "yaml",    "yml",        "zig"};
  return std::find(std::begin(names), std::end(names), word) != std::end(names);
}

bool is_highlighter(std::string_view word) {
  return word == "hljs" || word == "sourceCode" || word == "highlight" || word == "prettyprint" ||
         word == "src" || word == "code" || word == "programlisting" || word == "codehilite" ||
         word.starts_with("rust-example") || word == "playground" || word == "listing";
}

std::string language_in(const GumboNode* element) {
  std::string language;
  bool highlighted = false;
  bool brush = false;
  std::string bare;
  any_word(attribute(element, "class"), [&](std::string_view word) {
    for (const std::string_view prefix :
         {"language-", "lang-", "highlight-source-", "highlight-", "src-", "brush:"}) {
      if (!word.starts_with(prefix)) continue;
      std::string_view name = word.substr(prefix.size());
      brush = prefix == "brush:" && name.empty();
      name = name.substr(0, name.find(';'));
      if (!known_language(name)) return false;
      language = name;
      return true;
    }
    std::string_view name = word.substr(0, word.find(';'));
    if (brush && known_language(name)) {
      language = name;
      return true;
    }
    highlighted = highlighted || is_highlighter(word);
    if (bare.empty() && is_common_language(word)) bare = word;
    return false;
  });
  if (language.empty() && highlighted) language = bare;
  for (const char* name : {"data-lang", "data-language", "data-code-lang"})
    if (language.empty() && known_language(attribute(element, name)))
      language = attribute(element, name);
  return language;
}

bool has_line_class(const GumboNode* node) {
  return any_word(attribute(node, "class"), [](std::string_view word) {
    return word == "line" || word == "code-line" || word == "token-line" || word == "view-line" ||
           word == "cl" || word == "codeline" || word == "ec-line";
  });
}

bool is_block_by_style(const GumboNode* node) {
  const std::string style = base::to_lower(attribute(node, "style"));
  const auto at = style.find("display");
  if (at == std::string::npos) return false;
  const auto value = style.find_first_not_of(" \t:", at + 7);
  if (value == std::string::npos) return false;
  const std::string_view rest = std::string_view(style).substr(value);
  return rest.starts_with("block") || rest.starts_with("flex") || rest.starts_with("grid") ||
         rest.starts_with("table-row") || rest.starts_with("list-item");
}

// The element just before, with nothing between, is a line, too.
bool follows_line(const GumboNode* node) {
  const auto siblings = children_of(node->parent);
  const std::size_t at = node->index_within_parent;
  return at > 0 && at <= siblings.size() && is_element(siblings[at - 1]) &&
         has_line_class(siblings[at - 1]);
}

bool is_line(const GumboNode* node) {
  const GumboTag tag = tag_of(node);
  if (tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_P || tag == GUMBO_TAG_LI || tag == GUMBO_TAG_TR)
    return true;
  if (tag == GUMBO_TAG_SPAN || tag == GUMBO_TAG_CODE || tag == GUMBO_TAG_UNKNOWN)
    return is_block_by_style(node) || (has_line_class(node) && follows_line(node));
  return false;
}

// The number of a line: digits, in an element that is there for them.
bool is_line_number(const GumboNode* node) {
  if (attribute(node, "class").empty() && attribute(node, "style").empty()) return false;
  const std::string style = base::to_lower(attribute(node, "style"));
  const bool unselectable = style.find("user-select") != std::string::npos;
  const bool named =
      class_has_part(node, {"lineno", "line-num", "linenum", "line_num", "lnum", "hljs-ln-n",
                            "gutter", "linenr", "LineNumber", "lineNumber", "select-none"}) ||
      any_word(attribute(node, "class"),
               [](std::string_view word) { return word == "ln" || word == "lnt" || word == "LN"; });
  return (named || unselectable) && is_number_list(node);
}

// What the code was hidden for, and what was set beside it.
bool is_beside_code(const GumboNode* node) {
  return is_left_out(node, Keep::visible, true) || is_line_number(node) || is_number_cell(node);
}

constexpr int most_code_depth = 1500;  // of elements; pages are capped above that

class CodeText {
 public:
  std::string of(const GumboNode* pre) {
    pre_ = pre;
    add_texts(pre);
    return std::move(code_);
  }

 private:
  void add_texts(const GumboNode* node) {
    for (const GumboNode* child : children_of(node)) {
      if (is_text(child)) append_code(child->v.text.text, code_);
      if (is_element(child) && tag_of(child) != GUMBO_TAG_LAST && depth_ < most_code_depth)
        element(child);
    }
  }

  void element(const GumboNode* node) {
    if (tag_of(node) == GUMBO_TAG_BR) code_ += '\n';
    if (is_beside_code(node)) return;
    if (const std::string address = hidden_address(node); !address.empty()) {
      code_ += address;
      return;
    }
    // Two codes in one box, one beside the other: each begins a line.
    const bool second = tag_of(node) == GUMBO_TAG_CODE && node->parent == pre_;
    const bool line = is_line(node);
    if ((line || second) && !code_.empty() && code_.back() != '\n') code_ += '\n';
    const std::size_t before = code_.size();
    ++depth_;
    add_texts(node);
    --depth_;
    if (line && (code_.size() == before || code_.back() != '\n')) code_ += '\n';
  }

  const GumboNode* pre_ = nullptr;
  std::string code_;
  int depth_ = 0;
};

std::vector<const GumboNode*> rows_of(const GumboNode* table) {
  std::vector<const GumboNode*> rows;
  each_element(table, [&](const GumboNode* node) {
    const GumboTag tag = tag_of(node);
    if (tag == GUMBO_TAG_TR) rows.push_back(node);
    return tag == GUMBO_TAG_TBODY || tag == GUMBO_TAG_THEAD;
  });
  return rows;
}

bool holds_pre(const GumboNode* root) {
  return any_element(root, [](const GumboNode* node) { return tag_of(node) == GUMBO_TAG_PRE; });
}

bool names_code(const GumboNode* node) {
  return class_has_part(node, {"code", "highlight", "lntable", "syntax", "hljs", "blob"});
}

}  // namespace

bool is_number_cell(const GumboNode* cell) {
  if (tag_of(cell) != GUMBO_TAG_TD) return false;
  const GumboNode* next = element_after(cell);
  if (next == nullptr || tag_of(next) != GUMBO_TAG_TD) return false;
  const bool code = holds_pre(next) || names_code(next) || names_code(cell) ||
                    class_has_part(cell, {"num", "lineno", "gutter", "lnt", "ln-"});
  if (!code) return false;
  if (!attribute(cell, "data-line-number").empty() && children_of(cell).empty()) return true;
  return is_number_list(cell);
}

std::string verbatim_text(const GumboNode* pre) {
  std::string code = CodeText().of(pre);
  code.resize(code.find_last_not_of(" \t\n") + 1);
  code.erase(0, std::min(code.find_first_not_of('\n'), code.size()));
  return code;
}

bool is_code_box(const GumboNode* box) {
  if (tag_of(box) != GUMBO_TAG_DIV || !(has_class(box, "fragment") || names_code(box)))
    return false;
  bool lines = false;
  for (const GumboNode* child : children_of(box)) {
    if (is_text(child) && !is_blank_text(child->v.text.text)) return false;
    if (!is_element(child)) continue;
    lines = tag_of(child) == GUMBO_TAG_DIV && has_line_class(child);
    if (!lines) return false;
  }
  return lines;
}

bool is_language_label(const GumboNode* node) {
  const GumboTag tag = tag_of(node);
  if ((tag != GUMBO_TAG_SPAN && tag != GUMBO_TAG_DIV) || !class_has_part(node, {"lang"}))
    return false;
  const GumboNode* next = element_after(node);
  return next != nullptr && tag_of(next) == GUMBO_TAG_PRE &&
         known_language(base::trim(front_text(node, 40)));
}

std::string code_language(const GumboNode* pre) {
  std::string language = language_in(pre);
  if (language.empty())
    any_element(
        pre,
        [&](const GumboNode* child) {
          if (tag_of(child) == GUMBO_TAG_CODE) language = language_in(child);
          return !language.empty();
        },
        20);
  const GumboNode* box = pre->parent;
  for (int level = 0; level < 9 && language.empty() && box != nullptr; ++level) {
    const GumboTag tag = tag_of(box);
    const bool around = tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_FIGURE || tag == GUMBO_TAG_TABLE ||
                        tag == GUMBO_TAG_TBODY || tag == GUMBO_TAG_TR || tag == GUMBO_TAG_TD ||
                        tag == GUMBO_TAG_PRE || tag == GUMBO_TAG_CODE || tag == GUMBO_TAG_UNKNOWN;
    if (!around) break;
    language = language_in(box);
    box = box->parent;
  }
  return language;
}

bool is_code_table(const GumboNode* table) {
  const auto rows = rows_of(table);
  return std::any_of(rows.begin(), rows.end(), [](const GumboNode* row) {
    const auto cells = children_of(row);
    return std::any_of(cells.begin(), cells.end(), is_number_cell);
  });
}

std::string code_of_table(const GumboNode* table) {
  if (holds_pre(table)) return {};
  std::string code;
  for (const GumboNode* row : rows_of(table)) {
    for (const GumboNode* cell : children_of(row))
      if (tag_of(cell) == GUMBO_TAG_TD && !is_number_cell(cell)) code += CodeText().of(cell);
    code += '\n';
  }
  code.resize(code.find_last_not_of(" \t\n") + 1);
  return code;
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

}  // namespace freshet::read
