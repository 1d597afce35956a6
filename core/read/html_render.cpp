#include "core/read/html_render.hpp"

#include <fmt/format.h>

#include <charconv>

#include "core/base/text.hpp"
#include "core/read/html_flat.hpp"
#include "core/read/html_table.hpp"
#include "core/read/names.hpp"

namespace freshet::read {
namespace {

// The capped depth is half of this, and formatting elements add to it: below, text alone is kept.
constexpr int most_depth = 1500;

bool is_blank(const char* text) {
  while (*text == ' ' || *text == '\n' || *text == '\t' || *text == '\r' || *text == '\f') ++text;
  return *text == '\0';
}

// The id, or name, of an <a> that is only there to be linked to.
std::string_view anchor_of(const GumboNode* node) {
  if (tag_of(node) != GUMBO_TAG_A && tag_of(node) != GUMBO_TAG_SPAN) return {};
  const std::string_view id = attribute(node, "id");
  return id.empty() && tag_of(node) == GUMBO_TAG_A ? attribute(node, "name") : id;
}

const GumboNode* element_before(const GumboNode* node) {
  const auto siblings = children_of(node->parent);
  for (std::size_t i = node->index_within_parent; i-- > 0 && i < siblings.size();) {
    if (is_element(siblings[i])) return siblings[i];
    if (is_text(siblings[i]) && !is_blank(siblings[i]->v.text.text)) return nullptr;
  }
  return nullptr;
}

class HtmlRenderer {
 public:
  HtmlRenderer(const HtmlSurvey& survey, Keep keep, bool inside, std::string uri, Outline& outline)
      : survey_(survey),
        keep_(keep),
        inside_(inside),
        uri_(std::move(uri)),
        outline_(outline),
        writer_(outline.text()) {}

  void children(const GumboNode* node) {
    for (const GumboNode* child : children_of(node)) this->node(child);
  }

  void without_sections(const GumboNode* node) {
    ++quotes_;
    children(node);
  }

 private:
  void node(const GumboNode* node) {
    if (is_text(node)) return writer_.inline_text(node->v.text.text);
    if (!is_element(node)) return;
    if (tag_of(node) == GUMBO_TAG_LAST) return foreign(node);
    if (left_out(node)) return;
    if (depth_ > most_depth) return flatten(node, writer_);
    ++depth_;
    element(node);
    --depth_;
  }

  bool left_out(const GumboNode* node) const {
    // A header that bears a heading is the page's own, where no main content was marked.
    if (!inside_ && tag_of(node) == GUMBO_TAG_HEADER && survey_.with_heading.count(node) > 0)
      return false;
    // Some sites wrap the whole page in a form.
    if (tag_of(node) == GUMBO_TAG_FORM && survey_.with_heading.count(node) > 0) return false;
    return is_left_out(node, keep_, inside_);
  }

  void foreign(const GumboNode* node) {
    if (node->v.element.tag == GUMBO_TAG_MATH) writer_.inline_text(math_text(node));
  }

  void element(const GumboNode* node) {
    const GumboTag tag = tag_of(node);
    switch (tag) {
      case GUMBO_TAG_H1:
      case GUMBO_TAG_H2:
      case GUMBO_TAG_H3:
      case GUMBO_TAG_H4:
      case GUMBO_TAG_H5:
      case GUMBO_TAG_H6:
        return heading(node);
      case GUMBO_TAG_PRE:
      case GUMBO_TAG_LISTING:
      case GUMBO_TAG_XMP:
      case GUMBO_TAG_PLAINTEXT:
        return code(node);
      case GUMBO_TAG_TABLE:
        return table(node);
      case GUMBO_TAG_UL:
      case GUMBO_TAG_OL:
      case GUMBO_TAG_DIR:
        return list(node);
      case GUMBO_TAG_LI:
        return item(node, "- ");
      case GUMBO_TAG_DT:
        return term(node);
      case GUMBO_TAG_DD:
        return description(node);
      case GUMBO_TAG_BLOCKQUOTE:
        ++quotes_;
        block(node);
        --quotes_;
        return;
      case GUMBO_TAG_BR:
        return writer_.line();
      case GUMBO_TAG_HR:
        return writer_.paragraph();
      case GUMBO_TAG_IMG:
        return writer_.inline_text(image_text(node));
      case GUMBO_TAG_SUMMARY:
      case GUMBO_TAG_LEGEND:
        block(node);
        return writer_.only_line();
      default:
        if (!is_block(tag)) return children(node);
        block(node);
        if (tag == GUMBO_TAG_P && has_class(node, "admonition-title")) writer_.only_line();
    }
  }

  void block(const GumboNode* node) {
    writer_.paragraph();
    children(node);
    writer_.paragraph();
  }

  void heading(const GumboNode* node) {
    if (quotes_ > 0) return block(node);
    std::string title = flat_text(node);
    if (title.ends_with("\xC2\xB6"))
      title.resize(base::trim(std::string_view(title).substr(0, title.size() - 2)).size());
    if (title.empty()) return;
    writer_.retarget(
        outline_.open(heading_level(node), std::move(title), with_fragment(uri_, anchor(node))));
  }

  // The heading's own id; an anchor in it or before it; the id of the section around it.
  std::string_view anchor(const GumboNode* node) const {
    if (const std::string_view id = attribute(node, "id"); !id.empty()) return id;
    for (const GumboNode* child : children_of(node))
      if (is_element(child) && !anchor_of(child).empty()) return anchor_of(child);
    if (const GumboNode* before = element_before(node);
        before != nullptr && tag_of(before) == GUMBO_TAG_A)
      if (children_of(before).empty() && !anchor_of(before).empty()) return anchor_of(before);
    return section_id(node->parent);
  }

  std::string_view section_id(const GumboNode* node) const {
    for (; node != nullptr && is_element(node); node = node->parent) {
      const GumboTag tag = tag_of(node);
      const bool section = tag == GUMBO_TAG_SECTION || tag == GUMBO_TAG_ARTICLE ||
                           (tag == GUMBO_TAG_DIV && has_class(node, "section"));
      if (!section) continue;
      if (const std::string_view id = attribute(node, "id"); !id.empty()) return id;
    }
    return {};
  }

  void code(const GumboNode* node) {
    const std::string code = verbatim_text(node);
    if (code.empty()) return;
    writer_.paragraph();
    writer_.verbatim(fenced(code, code_language(node)));
    writer_.paragraph();
  }

  void table(const GumboNode* node) {
    writer_.paragraph();
    if (is_data_table(node, survey_)) {
      for (const GumboNode* child : children_of(node))
        if (tag_of(child) == GUMBO_TAG_CAPTION) block(child);
      if (const std::string text = table_text(node); !text.empty()) writer_.verbatim(text);
    } else {
      children(node);
    }
    writer_.paragraph();
  }

  void list(const GumboNode* node) {
    const bool ordered = tag_of(node) == GUMBO_TAG_OL;
    long number = 1;
    const std::string_view start = attribute(node, "start");
    std::from_chars(start.data(), start.data() + start.size(), number);
    if (lists_ > 0)
      writer_.only_line();
    else
      writer_.paragraph();
    ++lists_;
    bool first = true;
    for (const GumboNode* child : children_of(node)) {
      if (tag_of(child) != GUMBO_TAG_LI) {
        this->node(child);
        continue;
      }
      if (left_out(child)) continue;
      if (!first) writer_.only_line();
      first = false;
      item(child, ordered ? fmt::format("{}. ", number++) : "- ");
    }
    if (--lists_ > 0)
      writer_.line();
    else
      writer_.paragraph();
  }

  void item(const GumboNode* node, const std::string& marker) {
    if (survey_.with_heading.count(node) > 0) return block(node);
    const std::size_t width = writer_.open_item(marker);
    children(node);
    writer_.close_item(width);
    writer_.line();
  }

  void term(const GumboNode* node) {
    const GumboNode* before = element_before(node);
    if (before != nullptr && tag_of(before) == GUMBO_TAG_DT)
      writer_.only_line();
    else
      writer_.paragraph();
    children(node);
    writer_.line();
  }

  void description(const GumboNode* node) {
    const GumboNode* before = element_before(node);
    if (before != nullptr && tag_of(before) == GUMBO_TAG_DT)
      writer_.only_line();
    else
      writer_.paragraph();
    children(node);
    writer_.paragraph();
  }

  const HtmlSurvey& survey_;
  const Keep keep_;
  const bool inside_;
  const std::string uri_;
  Outline& outline_;
  Writer writer_;
  int depth_ = 0;
  int lists_ = 0;
  int quotes_ = 0;
};

}  // namespace

std::string block_text(const GumboNode* root, const HtmlSurvey& survey) {
  Outline outline("");
  HtmlRenderer renderer(survey, Keep::visible, true, {}, outline);
  renderer.without_sections(root);
  return std::move(outline.text());
}

void render_html(const GumboNode* root, const HtmlSurvey& survey, Keep keep, bool inside,
                 const std::string& uri, Outline& outline) {
  HtmlRenderer(survey, keep, inside, uri, outline).children(root);
}

}  // namespace freshet::read
