#include "core/read/markdown_dialect.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "core/base/text.hpp"
#include "core/read/markdown_mdx.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t body_indent = 4;  // of an admonition's text, more than that of its mark

std::size_t indent_of(std::string_view line) {
  std::size_t width = 0;
  for (const char c : line) {
    if (c == ' ')
      ++width;
    else if (c == '\t')
      width += 4 - width % 4;
    else
      break;
  }
  return width;
}

std::string_view without_indent(std::string_view line, std::size_t width) {
  std::size_t at = 0;
  for (std::size_t gone = 0; at < line.size() && gone < width; ++at) {
    if (line[at] == ' ')
      ++gone;
    else if (line[at] == '\t')
      gone += 4 - gone % 4;
    else
      break;
  }
  return line.substr(at);
}

// "Warning" of "warning".
std::string as_title(std::string_view kind) {
  std::string title(kind);
  if (!title.empty())
    title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  std::replace(title.begin(), title.end(), '-', ' ');
  return title;
}

bool is_name(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
  });
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find_first_of(" \t[{|"));
}

std::string quoted(std::string_view text) {
  const auto open = text.find('"');
  const auto close = text.rfind('"');
  return open == std::string_view::npos || close <= open
             ? std::string()
             : std::string(text.substr(open + 1, close - open - 1));
}

struct BlockMark {
  bool found = false;
  std::string title;  // a line of its own before the body; empty: none
};

// `!!! note "Title"`, `??? tip`, `=== "Python"`: the body is what is indented below.
BlockMark indented_block(std::string_view line) {
  for (const std::string_view mark : {"!!! ", "???+ ", "??? ", "===! ", "===+ ", "=== "}) {
    if (!line.starts_with(mark)) continue;
    const std::string_view rest = base::trim(line.substr(mark.size()));
    if (mark.front() == '=') return {rest.starts_with('"') && rest.size() > 2, quoted(rest)};
    if (!is_name(first_word(rest))) return {};
    const bool none = rest.ends_with("\"\"");
    const std::string title = quoted(rest);
    return {true, !title.empty() || none ? title : as_title(first_word(rest))};
  }
  return {};
}

bool is_wrapper(std::string_view kind) {
  return kind == "code-group" || kind == "tabs" || kind == "raw" || kind == "v-pre" ||
         kind == "panel" || kind == "div" || kind == "grid" || kind == "steps" || kind == "html" ||
         kind == "define";
}

// `:::note[Title]`, `::: tip Title`, `:::{note} Title`, `::: {.warning}`, `:::`.
BlockMark colon_block(std::string_view line) {
  const std::size_t colons = std::min(line.find_first_not_of(':'), line.size());
  if (colons < 3) return {};
  std::string_view rest = base::trim(line.substr(colons));
  if (rest.empty()) return {true, {}};
  if (rest.starts_with("{")) {
    const auto close = rest.find('}');
    if (close == std::string_view::npos) return {};
    const std::string_view inside = rest.substr(1, close - 1);
    const std::string_view after = base::trim(rest.substr(close + 1));
    if (const std::string title = quoted(inside); !title.empty()) return {true, title};
    if (!after.empty()) return {true, std::string(after)};
    const auto callout = inside.find(".callout-");
    if (callout != std::string_view::npos)
      return {true, as_title(first_word(inside.substr(callout + 9)))};
    return {true, is_name(inside) && !is_wrapper(inside) ? as_title(inside) : std::string()};
  }
  const std::string_view kind = first_word(rest);
  if (kind.find('.') != std::string_view::npos)
    return {true, std::string(rest)};  // an object's name
  if (!is_name(kind)) return {};
  std::string_view title = base::trim(rest.substr(kind.size()));
  if (title.starts_with('[')) title = title.substr(1, title.rfind(']') - 1);
  if (title.starts_with('{')) title = {};
  if (!title.empty()) return {true, std::string(title)};
  return {true, is_wrapper(kind) ? std::string() : as_title(kind)};
}

// `/// note | Title`, and `///` for its end.
BlockMark slash_block(std::string_view line) {
  const std::size_t slashes = std::min(line.find_first_not_of('/'), line.size());
  if (slashes < 3) return {};
  const std::string_view rest = base::trim(line.substr(slashes));
  if (rest.empty()) return {true, {}};
  if (line[slashes] != ' ' || !is_name(first_word(rest))) return {};
  const auto bar = rest.find('|');
  if (bar != std::string_view::npos) return {true, std::string(base::trim(rest.substr(bar + 1)))};
  return first_word(rest).size() == rest.size() ? BlockMark{true, as_title(rest)} : BlockMark{};
}

// `> [!NOTE]`, with or without a title of its own.
std::string alert(std::string_view line) {
  if (!line.starts_with('>')) return {};
  const std::string_view rest = base::trim(line.substr(1));
  if (!rest.starts_with("[!")) return {};
  const auto close = rest.find(']');
  if (close == std::string_view::npos || !is_name(rest.substr(2, close - 2))) return {};
  std::string_view title = rest.substr(close + 1);
  if (title.starts_with('-') || title.starts_with('+')) title.remove_prefix(1);
  title = base::trim(title);
  return title.empty() ? as_title(base::to_lower(rest.substr(2, close - 2))) : std::string(title);
}

bool is_footnote(std::string_view line) {
  return line.starts_with("[^") && line.find("]:") != std::string_view::npos &&
         line.find("]:") < line.find(' ');
}

// A line that only sets attributes: `{: .wide }`, `{ .annotate }`.
bool is_attributes(std::string_view line) {
  if (!line.starts_with('{') || !line.ends_with('}') || line.size() < 4) return false;
  const std::string_view inside = base::trim(line.substr(1, line.size() - 2));
  return inside.starts_with(":") || inside.starts_with(".") || inside.starts_with("#");
}

struct Fence {
  char mark = 0;
  std::size_t length = 0;
  std::size_t indent = 0;
  bool unwrapped = false;  // MyST's ```{note}: its lines are text
};

class Dialect {
 public:
  Dialect(std::string_view text, bool mdx) : text_(text), mdx_(mdx) {
    out_.reserve(text.size() + 64);
  }

  std::string run() {
    while (!text_.empty()) line(take_line());
    return std::move(out_);
  }

 private:
  std::string_view take_line() {
    const auto end = text_.find('\n');
    const std::string_view one = text_.substr(0, end);
    text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 1);
    return one;
  }

  void put(std::string_view line) { out_.append(line).append("\n"); }

  void line(std::string_view raw) {
    const std::size_t indent = raw_indent_ = indent_of(raw);
    const std::string_view bare = base::trim(raw);
    if (!fences_.empty() && !fences_.back().unwrapped) return code_line(raw, bare);
    if (!fences_.empty() && closes(fences_.back(), bare)) {
      fences_.pop_back();
      return put("");
    }
    if (!bare.empty())
      while (!blocks_.empty() && indent < blocks_.back() + body_indent) blocks_.pop_back();
    const std::size_t margin = body_indent * blocks_.size();
    const std::string_view rest = without_indent(raw, margin);
    if (mdx_ && mdx_lines(rest)) return;
    const std::string_view shown = mdx_ ? mdx_state_.at_margin(rest) : rest;
    if (opens_fence(shown, bare)) return;
    if (!marked(indent, shown, bare)) text_line(shown, bare);
  }

  // Lines of components and of scripts; what is left of them is put here.
  bool mdx_lines(std::string_view rest) {
    std::string put_here;
    if (!mdx_state_.take(rest, put_here)) return false;
    out_ += put_here;
    return true;
  }

  void code_line(std::string_view raw, std::string_view bare) {
    const Fence fence = fences_.back();
    put(without_indent(raw, fence.indent));
    if (closes(fence, bare)) fences_.pop_back();
  }

  static bool closes(const Fence& fence, std::string_view bare) {
    return bare.size() >= fence.length &&
           bare.find_first_not_of(fence.mark) == std::string_view::npos;
  }

  bool opens_fence(std::string_view shown, std::string_view bare) {
    if (!bare.starts_with("```") && !bare.starts_with("~~~")) return false;
    const std::size_t length = std::min(bare.find_first_not_of(bare[0]), bare.size());
    const std::string_view info = base::trim(bare.substr(length));
    if (bare[0] == '`' && info.find('`') != std::string_view::npos) return false;
    Fence fence{bare[0], length, 0, false};
    if (info.starts_with("{") && is_admonition(info.substr(1, info.find('}') - 1))) {
      fence.unwrapped = true;
      const std::string_view title =
          base::trim(info.substr(std::min(info.find('}') + 1, info.size())));
      heading(title.empty() ? as_title(info.substr(1, info.find('}') - 1)) : std::string(title),
              "");
    } else {
      fence.indent = indent_removed(shown, bare);
      put(shown);
    }
    fences_.push_back(fence);
    return true;
  }

  // What the fence's lines lose, too: the margin of the blocks around it.
  std::size_t indent_removed(std::string_view shown, std::string_view bare) const {
    const auto given = static_cast<std::size_t>(bare.data() - shown.data());
    return raw_indent_ > given ? raw_indent_ - given : 0;
  }

  static bool is_admonition(std::string_view name) {
    for (const std::string_view one :
         {"note", "tip", "warning", "important", "caution", "danger", "hint", "attention", "error",
          "seealso", "admonition", "topic", "sidebar", "versionadded", "versionchanged",
          "deprecated", "dropdown"})
      if (name == one) return true;
    return false;
  }

  void heading(const std::string& title, std::string_view margin) {
    put("");
    if (!title.empty()) put(std::string(margin) + title);
    put("");
  }

  bool marked(std::size_t indent, std::string_view shown, std::string_view bare) {
    const std::string_view margin =
        shown.substr(0, std::min(shown.find_first_not_of(" \t"), shown.size()));
    if (const BlockMark mark = indented_block(bare); mark.found) {
      blocks_.push_back(indent);
      heading(mark.title, margin);
      return true;
    }
    for (BlockMark (*kind)(std::string_view) : {colon_block, slash_block})
      if (const BlockMark mark = kind(bare); mark.found) {
        heading(mark.title, margin);
        return true;
      }
    if (const std::string title = alert(bare); !title.empty()) {
      put("> " + title);
      put(">");
      return true;
    }
    return false;
  }

  void text_line(std::string_view shown, std::string_view bare) {
    if (is_footnote(bare))
      put("\n\\" + std::string(bare));
    else if (!is_attributes(bare))
      put(shown);
  }

  std::string_view text_;
  const bool mdx_;
  std::string out_;
  std::vector<std::size_t> blocks_;  // the indents of the open admonitions
  std::vector<Fence> fences_;
  MdxState mdx_state_;
  std::size_t raw_indent_ = 0;
};

}  // namespace

std::string to_commonmark(std::string_view text, bool mdx) { return Dialect(text, mdx).run(); }

}  // namespace freshet::read
