#include "core/read/html_render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/base/text.hpp"
#include "core/read/html_code.hpp"
#include "core/read/html_flat.hpp"
#include "core/read/html_inline.hpp"
#include "core/read/html_table.hpp"
#include "core/read/names.hpp"

namespace freshet::read {
namespace {

// The capped depth is half of this, and formatting elements add to it: below, text alone is kept.
constexpr int most_depth = 1500;

constexpr int lowest_heading = 6;     // what is deeper is an entry
constexpr int most_entries_deep = 8;  // a class in a module, its methods, …

constexpr std::uint32_t least_content = 60;  // bytes that may be a page's content
constexpr double most_site_share = 0.4;      // of the page's running text, of a part of the site

// The id, or name, of an <a> that is only there to be linked to.
std::string_view anchor_of(const GumboNode* node) {
  if (tag_of(node) != GUMBO_TAG_A && tag_of(node) != GUMBO_TAG_SPAN) return {};
  const std::string_view id = attribute(node, "id");
  return id.empty() && tag_of(node) == GUMBO_TAG_A ? attribute(node, "name") : id;
}

class HtmlRenderer {
 public:
  HtmlRenderer(const HtmlSurvey& survey, Keep keep, bool inside, bool formatting, std::string uri,
               Outline& outline)
      : survey_(survey),
        keep_(keep),
        inside_(inside),
        formatting_(formatting),
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
    if (const std::string tex = tex_of_script(node); !tex.empty()) return writer_.inline_text(tex);
    if (left_out(node)) return;
    if (depth_ > most_depth) return flatten(node, writer_);
    ++depth_;
    if (const auto label = survey_.tabs.label_of.find(node); label != survey_.tabs.label_of.end())
      tab_label(label->second);
    element(node);
    --depth_;
  }

  void tab_label(const GumboNode* label) {
    writer_.paragraph();
    writer_.inline_text(heading_text(label, {}));
    writer_.paragraph();
  }

  bool left_out(const GumboNode* node) const {
    if (!survey_.tabs.labels.empty()) {
      if (survey_.tabs.labels.count(node) > 0) return true;
      if (attribute(node, "role") == "tablist" && !is_never_text(node)) return false;
    }
    if (keep_ == Keep::main && survey_.side.count(node) > 0) return true;
    if (is_language_label(node)) return true;
    // A header that bears a heading is the page's own, where no main content was marked.
    if (!inside_ && tag_of(node) == GUMBO_TAG_HEADER && survey_.with_heading.count(node) > 0)
      return false;
    // Some sites wrap the whole page in a form.
    if (tag_of(node) == GUMBO_TAG_FORM && survey_.with_heading.count(node) > 0) return false;
    if (!is_left_out(node, keep_, inside_)) return false;
    if (keep_ != Keep::main || is_left_out(node, Keep::visible, inside_)) return true;
    // What has most of the page's text is no part of the site around it, whatever it is called.
    return survey_.weights.share(node) < most_site_share ||
           survey_.weights.of(node).running < least_content;
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
      case GUMBO_TAG_DL:
        return definitions(node);
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
        return image(node);
      case GUMBO_TAG_SUMMARY:
      case GUMBO_TAG_LEGEND:
        block(node);
        return writer_.only_line();
      default:
        if (!is_block(tag)) return inline_element(node);
        if (is_code_box(node)) return code(node);
        if (const GumboNode* label = note_label(node)) return note(node, label);
        block(node);
        if (tag == GUMBO_TAG_P && has_class(node, "admonition-title")) writer_.only_line();
    }
  }

  // A picture that stands there twice, once to be seen large, is one.
  void image(const GumboNode* node) {
    const std::string_view source = attribute(node, "src");
    const bool twice = !source.empty() && source == last_image_ &&
                       outline_.text().size() == behind_image_ && behind_image_ > 0;
    if (twice) return;
    writer_.inline_text(image_text(node));
    last_image_ = source;
    behind_image_ = outline_.text().size();
  }

  // The mark of a footnote of docutils, which stands in a box before its text.
  static const GumboNode* note_label(const GumboNode* box) {
    if (!class_has_part(box, {"footnote", "citation"})) return nullptr;
    for (const GumboNode* child : children_of(box))
      if (is_element(child)) return has_class(child, "label") ? child : nullptr;
    return nullptr;
  }

  void note(const GumboNode* box, const GumboNode* label) {
    writer_.paragraph();
    const std::size_t width = writer_.open_item(flat_text(label) + " ");
    for (const GumboNode* child : children_of(box))
      if (child != label) this->node(child);
    writer_.close_item(width);
    writer_.paragraph();
  }

  void inline_element(const GumboNode* node) {
    if (const std::string address = hidden_address(node); !address.empty())
      return writer_.inline_text(address);
    InlineMarks marks = formatting_ ? formatting_marks(node) : InlineMarks();
    if (marks.before.empty()) marks = inline_marks(node);
    if (marks.apart) writer_.space();
    writer_.inline_text(marks.before);
    children(node);
    writer_.inline_text(marks.behind);
    if (marks.apart) writer_.space();
  }

  void block(const GumboNode* node) {
    writer_.paragraph();
    children(node);
    writer_.paragraph();
  }

  void heading(const GumboNode* node) {
    if (quotes_ > 0) return block(node);
    const std::string_view id = anchor(node);
    std::string title = heading_text(node, id);
    if (title.ends_with("\xC2\xB6"))
      title.resize(base::trim(std::string_view(title).substr(0, title.size() - 2)).size());
    if (title.empty()) return;
    writer_.retarget(outline_.open(heading_level(node), std::move(title), with_fragment(uri_, id)));
  }

  // The heading's own id; an anchor in it or before it; the id of the section around it.
  std::string_view anchor(const GumboNode* node) const {
    if (const std::string_view id = anchor_within(node); !id.empty()) return id;
    if (const GumboNode* before = element_before(node);
        before != nullptr && tag_of(before) == GUMBO_TAG_A)
      if (children_of(before).empty() && !anchor_of(before).empty()) return anchor_of(before);
    return section_id(node->parent);
  }

  static bool begins_with_heading(const GumboNode* box) {
    for (const GumboNode* child : children_of(box))
      if (is_element(child)) return heading_level(child) > 0;
    return false;
  }

  std::string_view section_id(const GumboNode* node) const {
    for (; node != nullptr && is_element(node); node = node->parent) {
      const GumboTag tag = tag_of(node);
      const bool section =
          tag == GUMBO_TAG_SECTION || tag == GUMBO_TAG_ARTICLE ||
          (tag == GUMBO_TAG_DIV &&
           (class_has_part(node, {"section", "sect", "extent", "chapter", "appendix"}) ||
            begins_with_heading(node)));
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
    if (is_code_table(node)) {
      code_table(node);
    } else if (is_data_table(node, survey_)) {
      for (const GumboNode* child : children_of(node))
        if (tag_of(child) == GUMBO_TAG_CAPTION) block(child);
      if (const std::string text = table_text(node); !text.empty()) writer_.verbatim(text);
    } else {
      children(node);
    }
    writer_.paragraph();
  }

  // A title, and the code; the numbers of its lines are left out.
  void code_table(const GumboNode* node) {
    const std::string code = code_of_table(node);
    if (code.empty()) return cells(node);
    writer_.paragraph();
    writer_.verbatim(fenced(code, code_language(node)));
    writer_.paragraph();
  }

  void cells(const GumboNode* node) {
    for (const GumboNode* child : children_of(node))
      if (!is_number_cell(child)) is_row_part(child) ? cells(child) : this->node(child);
  }

  static bool is_row_part(const GumboNode* node) {
    const GumboTag tag = tag_of(node);
    return tag == GUMBO_TAG_TBODY || tag == GUMBO_TAG_THEAD || tag == GUMBO_TAG_TR;
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
      item(child, (ordered ? fmt::format("{}. ", number++) : "- ") + check_box(child));
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

  // A term with an anchor is an entry, and a section of its own: its title the term, its URL the anchor.
  // What follows the list goes on in the section around it.
  void definitions(const GumboNode* node) {
    const bool entries = lists_ == 0 && quotes_ == 0 && entries_ < most_entries_deep &&
                         !class_has_part(node, {"footnote", "citation"}) && has_entry(node);
    if (!entries) return block(node);
    const std::string around = outline_.url();
    ++entries_;
    const GumboTag none = GUMBO_TAG_LAST;
    GumboTag before = none;
    for (const GumboNode* child : children_of(node)) {
      const bool term = tag_of(child) == GUMBO_TAG_DT;
      if (term && before != GUMBO_TAG_DT && is_entry(child) && !left_out(child))
        entry(child);
      else
        this->node(child);
      if (is_element(child)) before = tag_of(child);
    }
    writer_.retarget(outline_.open(lowest_heading + entries_, {}, around));
    --entries_;
  }

  void entry(const GumboNode* node) {
    const std::string_view id = anchor_within(node);
    writer_.retarget(
        outline_.open(lowest_heading + entries_, heading_text(node, id), with_fragment(uri_, id)));
  }

  static std::string_view anchor_within(const GumboNode* node) {
    if (const std::string_view id = attribute(node, "id"); !id.empty()) return id;
    for (const GumboNode* child : children_of(node))
      if (is_element(child) && !anchor_of(child).empty()) return anchor_of(child);
    return {};
  }

  static bool is_entry(const GumboNode* term) { return !anchor_within(term).empty(); }

  static bool has_entry(const GumboNode* list) {
    const auto children = children_of(list);
    return std::any_of(children.begin(), children.end(), [](const GumboNode* child) {
      return tag_of(child) == GUMBO_TAG_DT && is_entry(child);
    });
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
  const bool formatting_;
  const std::string uri_;
  Outline& outline_;
  Writer writer_;
  std::string_view last_image_;
  std::size_t behind_image_ = 0;
  int depth_ = 0;
  int lists_ = 0;
  int quotes_ = 0;
  int entries_ = 0;
};

}  // namespace

std::string block_text(const GumboNode* root, const HtmlSurvey& survey) {
  Outline outline("");
  HtmlRenderer renderer(survey, Keep::visible, true, false, {}, outline);
  renderer.without_sections(root);
  return std::move(outline.text());
}

void render_html(const GumboNode* root, const HtmlSurvey& survey, Keep keep, bool inside,
                 bool formatting, const std::string& uri, Outline& outline) {
  HtmlRenderer(survey, keep, inside, formatting, uri, outline).children(root);
}

}  // namespace freshet::read
