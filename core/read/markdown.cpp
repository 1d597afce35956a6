#include "core/read/markdown.hpp"

#include <cmark-gfm-core-extensions.h>
#include <fmt/format.h>

#include <cctype>
#include <vector>

#include "core/base/text.hpp"
#include "core/read/front_matter.hpp"
#include "core/read/html.hpp"
#include "core/read/html_code.hpp"
#include "core/read/html_dom.hpp"
#include "core/read/markdown_dialect.hpp"
#include "core/read/markdown_placeholder.hpp"
#include "core/read/markdown_tree.hpp"
#include "core/read/names.hpp"
#include "core/read/outline.hpp"
#include "core/read/plain.hpp"
#include "core/read/slug.hpp"
#include "core/read/table.hpp"
#include "core/read/writer.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t most_markdown_bytes = 16u << 20;
constexpr int most_nesting = 512;  // of quotes and lists: what is deeper is read as one text

std::string_view literal(cmark_node* node) {
  const char* text = cmark_node_get_literal(node);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

// `visit(leaf)` for every node without children below `root`, in order, without recursion.
template <typename Visit>
void each_leaf(cmark_node* root, const Visit& visit) {
  cmark_node* node = cmark_node_first_child(root);
  while (node != nullptr) {
    if (cmark_node* child = cmark_node_first_child(node)) {
      node = child;
      continue;
    }
    visit(node);
    while (node != root && cmark_node_next(node) == nullptr) node = cmark_node_parent(node);
    if (node == root) return;
    node = cmark_node_next(node);
  }
}

bool is_break_tag(std::string_view html) { return base::to_lower(html.substr(0, 3)) == "<br"; }

void write_inlines(cmark_node* block, Writer& writer, const Placeholders& placeholders) {
  each_leaf(block, [&](cmark_node* node) {
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_TEXT:
      case CMARK_NODE_CODE:
      case CMARK_NODE_CODE_BLOCK:
        return writer.inline_text(literal(node));
      case CMARK_NODE_SOFTBREAK:
      case CMARK_NODE_LINEBREAK:
        return writer.line();
      case CMARK_NODE_HTML_INLINE:
        if (is_break_tag(literal(node))) return writer.line();
        return placeholders.has(literal(node)) ? writer.inline_text(literal(node)) : void();
      default:
        return;
    }
  });
}

std::string one_line(cmark_node* block, const Placeholders& placeholders) {
  std::string text;
  Writer writer(text);
  write_inlines(block, writer, placeholders);
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

// Of a block that is one heading, <h2 id="x">…</h2>; else 0.
int html_heading_level(std::string_view html) {
  if (html.size() < 10 || html[0] != '<' || (html[1] != 'h' && html[1] != 'H')) return 0;
  const int level = html[2] - '0';
  if (level < 1 || level > 6 || (html[3] != '>' && html[3] != ' ')) return 0;
  const std::string end = base::to_lower(html.substr(html.size() - 5));
  const bool whole = end == fmt::format("</h{}>", level) && html.find("</h") == html.size() - 5;
  return whole ? level : 0;
}

std::string html_id(std::string_view html) {
  const std::string_view tag = html.substr(0, html.find('>'));
  const auto at = tag.find(" id=\"");
  if (at == std::string_view::npos) return {};
  return std::string(tag.substr(at + 5, tag.find('"', at + 5) - at - 5));
}

// "{#id .class}" at the end of a heading, or MDX's "{/* #id */}": its anchor and no part of its title.
struct HeadingAttributes {
  std::string title;
  std::string id;
};

HeadingAttributes without_attributes(std::string title) {
  const std::string_view text = base::trim(title);
  const auto open = text.rfind('{');
  if (open == std::string_view::npos || !text.ends_with('}')) return {std::move(title), {}};
  const std::string_view inside = base::trim(text.substr(open + 1, text.size() - open - 2));
  const bool attributes = inside.starts_with('#') || inside.starts_with('.') ||
                          inside.starts_with(':') || inside.starts_with("/*") ||
                          inside.starts_with("id=") || inside == "-";
  if (!attributes) return {std::move(title), {}};
  HeadingAttributes found{std::string(base::trim(text.substr(0, open))), {}};
  any_word(inside, [&](std::string_view word) {
    if (word.starts_with(':')) word.remove_prefix(1);
    if (word.starts_with('#')) found.id = word.substr(1);
    if (word.starts_with("id=")) found.id = word.substr(3);
    return !found.id.empty();
  });
  std::erase_if(found.id, [](char c) { return c == '"' || c == '\''; });
  return found.title.empty() ? HeadingAttributes{std::move(title), {}} : found;
}

class MarkdownRenderer {
 public:
  MarkdownRenderer(std::string_view source, const std::string& uri, Share& memory, Outline& outline)
      : placeholders_(source),
        uri_(uri),
        memory_(memory),
        outline_(outline),
        writer_(outline.text()) {}

  base::Status run(cmark_node* root) {
    children(root);
    return std::move(status_);
  }

 private:
  void children(cmark_node* node) {
    for (cmark_node* child = cmark_node_first_child(node); child != nullptr;
         child = cmark_node_next(child))
      block(child);
  }

  void block(cmark_node* node) {
    if (depth_ >= most_nesting) return paragraph(node);
    ++depth_;
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_HEADING:
        heading(node);
        break;
      case CMARK_NODE_PARAGRAPH:
        paragraph(node);
        break;
      case CMARK_NODE_CODE_BLOCK:
        code(node);
        break;
      case CMARK_NODE_HTML_BLOCK:
        html(node);
        break;
      case CMARK_NODE_LIST:
        list(node);
        break;
      case CMARK_NODE_THEMATIC_BREAK:
        writer_.paragraph();
        break;
      default:
        other(node);
    }
    --depth_;
  }

  void other(cmark_node* node) {
    if (std::string_view(cmark_node_get_type_string(node)) == "table") return table(node);
    writer_.paragraph();
    children(node);
    writer_.paragraph();
  }

  // Within a quote or a list a heading is a line of it.
  void heading(cmark_node* node) {
    if (cmark_node_get_type(cmark_node_parent(node)) != CMARK_NODE_DOCUMENT) return paragraph(node);
    open_section(cmark_node_get_heading_level(node),
                 without_attributes(one_line(node, placeholders_)));
  }

  void open_section(int level, HeadingAttributes heading) {
    if (heading.title.empty()) return;
    const std::string id = heading.id.empty() ? slugs_.next(heading.title) : heading.id;
    writer_.retarget(outline_.open(level, std::move(heading.title), with_fragment(uri_, id)));
  }

  void paragraph(cmark_node* node) {
    const bool tight = tight_;
    tight ? writer_.line() : writer_.paragraph();
    write_inlines(node, writer_, placeholders_);
    tight ? writer_.line() : writer_.paragraph();
  }

  void code(cmark_node* node) {
    std::string_view text = literal(node);
    if (text.ends_with('\n')) text.remove_suffix(1);
    int length = 0;
    int offset = 0;
    char character = 0;
    writer_.paragraph();
    if (cmark_node_get_fenced(node, &length, &offset, &character) != 0 && length >= 3) {
      const std::string fence(static_cast<std::size_t>(length), character);
      writer_.verbatim(
          fmt::format("{}{}\n{}\n{}", fence, cmark_node_get_fence_info(node), text, fence));
    } else {
      writer_.verbatim(fenced(text, ""));
    }
    writer_.paragraph();
  }

  void html(cmark_node* node) {
    if (!status_) return;
    auto text = html_text(literal(node), uri_, memory_);
    if (!text) {
      status_ = base::fail(std::move(text).error());
      return;
    }
    const std::string_view html = base::trim(literal(node));
    if (const int level = html_heading_level(html); level > 0)
      return open_section(level, {*text, html_id(html)});
    writer_.paragraph();
    if (text->empty() && placeholders_.has(html)) writer_.inline_text(html);
    if (!text->empty()) writer_.verbatim(*text);
    writer_.paragraph();
  }

  void list(cmark_node* node) {
    const bool tight_outside = tight_;
    const bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    int number = cmark_node_get_list_start(node);
    tight_outside ? writer_.line() : writer_.paragraph();
    tight_ = cmark_node_get_list_tight(node) != 0;
    for (cmark_node* item = cmark_node_first_child(node); item != nullptr;
         item = cmark_node_next(item)) {
      if (item != cmark_node_first_child(node)) writer_.only_line();
      const std::size_t width =
          writer_.open_item((ordered ? fmt::format("{}. ", number++) : "- ") + check_box(item));
      children(item);
      writer_.close_item(width);
      writer_.line();
    }
    tight_ = tight_outside;
    tight_ ? writer_.line() : writer_.paragraph();
  }

  static std::string check_box(cmark_node* item) {
    if (std::string_view(cmark_node_get_type_string(item)) != "tasklist") return {};
    return cmark_gfm_extensions_get_tasklist_item_checked(item) ? "[x] " : "[ ] ";
  }

  void table(cmark_node* node) {
    std::vector<std::vector<std::string>> rows;
    for (cmark_node* row = cmark_node_first_child(node); row != nullptr;
         row = cmark_node_next(row)) {
      std::vector<std::string>& texts = rows.emplace_back();
      for (cmark_node* cell = cmark_node_first_child(row); cell != nullptr;
           cell = cmark_node_next(cell))
        texts.push_back(one_line(cell, placeholders_));
      while (!texts.empty() && texts.back().empty()) texts.pop_back();
    }
    writer_.paragraph();
    if (const std::string text = markdown_table(std::move(rows)); !text.empty())
      writer_.verbatim(text);
    writer_.paragraph();
  }

  const Placeholders placeholders_;
  const std::string& uri_;
  Share& memory_;
  Outline& outline_;
  Writer writer_;
  Slugs slugs_;
  base::Status status_;
  int depth_ = 0;
  bool tight_ = false;
};

// Front matter's; else a level-1 heading where it comes first; or empty.
std::string own_title(const model::Json& metadata, const Outline& outline) {
  if (const auto title = metadata.find("title"); title != metadata.end() && title->is_string())
    if (std::string text = collapsed(title->get<std::string>()); !text.empty()) return text;
  const Outline::First first = outline.first();
  return first.level == 1 ? std::string(first.text) : std::string();
}

// The first line, or else the name.
std::string guessed_title(const Outline& outline, const std::string& uri) {
  const Outline::First first = outline.first();
  if (!first.text.empty()) return first_line(first.text);
  const std::string name = last_segment(uri);
  return name.empty() ? "Document" : name;
}

}  // namespace

base::Result<model::Document> read_markdown(std::string_view text, const std::string& uri,
                                            Share& memory) {
  if (text.size() > most_markdown_bytes)
    return base::fail(base::Code::limit,
                      fmt::format("Markdown of {} bytes, more than {} MiB", text.size(),
                                  most_markdown_bytes >> 20),
                      uri);
  const std::string lines = with_unix_lines(text);
  FrontMatter front = take_front_matter(lines);
  const std::string common = to_commonmark(front.rest, extension(uri) == "mdx");
  FRESHET_ASSIGN(const auto tree, MarkdownTree::parse(common, uri, memory));
  Outline outline(uri);
  FRESHET_TRY(MarkdownRenderer(common, uri, memory, outline).run(tree->root()));
  model::Document document;
  document.title = own_title(front.metadata, outline);
  document.title_guessed = document.title.empty();
  if (document.title_guessed) document.title = guessed_title(outline, uri);
  document.metadata = std::move(front.metadata);
  document.children = outline.finish();
  return document;
}

}  // namespace freshet::read
