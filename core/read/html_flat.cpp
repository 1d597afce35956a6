// What stands in one line, or as it stands: headings, cells, code, equations.
#include "core/read/html_flat.hpp"

#include <algorithm>
#include <vector>

#include "core/base/text.hpp"
#include "core/read/html_boilerplate.hpp"
#include "core/read/html_inline.hpp"

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
      const GumboNode* done = level.node;
      open.pop_back();
      if (!open.empty()) on_element(done, true);
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

}  // namespace

namespace {

// `skip` says which elements are passed over; buttons are text if asked.
template <typename Skip>
void flatten_if(const GumboNode* node, Writer& writer, bool buttons, const Skip& skip) {
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
        const InlineMarks marks = inline_marks(element);
        if (marks.apart) writer.space();
        if (end) {
          writer.inline_text(marks.behind);
          return false;
        }
        if (const std::string tex = tex_of_script(element); !tex.empty()) writer.inline_text(tex);
        const bool button = buttons && tag == GUMBO_TAG_BUTTON;
        if ((is_left_out(element, Keep::visible, true) && !button) || skip(element)) return false;
        if (const std::string address = hidden_address(element); !address.empty()) {
          writer.inline_text(address);
          return false;
        }
        if (tag == GUMBO_TAG_IMG) writer.inline_text(image_text(element));
        writer.inline_text(marks.before);
        return true;
      });
}

}  // namespace

void flatten(const GumboNode* node, Writer& writer) {
  flatten_if(node, writer, false, [](const GumboNode*) { return false; });
}

std::string flat_text(const GumboNode* node) {
  std::string out;
  Writer writer(out);
  flatten(node, writer);
  return out;
}

std::string heading_text(const GumboNode* heading, std::string_view id) {
  std::string out;
  Writer writer(out);
  flatten_if(heading, writer, false, [&](const GumboNode* node) {
    const std::string_view href = tag_of(node) == GUMBO_TAG_A ? attribute(node, "href") : "";
    const auto hash = href.find('#');
    return hash != std::string_view::npos && !id.empty() && href.substr(hash + 1) == id &&
           class_has_part(node,
                          {"anchor", "perma", "hash", "headerlink", "header-link", "heading-link"});
  });
  if (!out.empty()) return out;
  Writer whole(out);
  flatten_if(heading, whole, true, [](const GumboNode*) { return false; });
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
