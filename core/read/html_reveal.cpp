#include "core/read/html_reveal.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

enum class Hiding { none, box, invisible };  // `invisible`: it has its place, but nothing to see

// One rule of a style attribute; only `display: none` and `visibility: hidden` hide.
Hiding hiding_of_rule(std::string_view rule) {
  const auto colon = rule.find(':');
  if (colon == std::string_view::npos) return Hiding::none;
  const std::string name = base::to_lower(base::trim(rule.substr(0, colon)));
  if (name != "display" && name != "visibility") return Hiding::none;
  const std::string value = base::to_lower(base::trim(rule.substr(colon + 1)));
  if (name == "display") return value.starts_with("none") ? Hiding::box : Hiding::none;
  return value.starts_with("hidden") ? Hiding::invisible : Hiding::none;
}

Hiding hiding_of_style(std::string_view style) {
  Hiding found = Hiding::none;
  while (!style.empty()) {
    const auto end = std::min(style.find(';'), style.size());
    const Hiding one = hiding_of_rule(style.substr(0, end));
    if (one == Hiding::box) return one;
    if (one != Hiding::none) found = one;
    style.remove_prefix(std::min(end + 1, style.size()));
  }
  return found;
}

Hiding hiding_of(const GumboAttribute& attribute) {
  const std::string_view name = attribute.name;
  const std::string_view value = attribute.value;
  if (name == "hidden") return value == "until-found" ? Hiding::none : Hiding::box;
  if (name == "aria-hidden") return value == "true" ? Hiding::box : Hiding::none;
  return name == "style" ? hiding_of_style(value) : Hiding::none;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::string_view overlay_parts[] = {
    "modal",   "dialog",   "menu",    "nav",    "dropdown", "tooltip",
    "popover", "popup",    "search",  "cookie", "consent",  "offcanvas",
    "drawer",  "lightbox", "overlay", "share",  "signup",   "newsletter"};

// What opens over a page, or beside it, is no part of its text.
bool is_overlay(const GumboNode* box) {
  const std::string_view role = attribute(box, "role");
  if (is_one_of(role,
                {"dialog", "alertdialog", "menu", "navigation", "tooltip", "search", "listbox"}))
    return true;
  const auto has_part = [](std::string_view text) {
    const std::string word = base::to_lower(text);
    return std::any_of(std::begin(overlay_parts), std::end(overlay_parts),
                       [&](std::string_view part) { return word.find(part) != std::string::npos; });
  };
  return has_part(attribute(box, "class")) || has_part(attribute(box, "id"));
}

bool holds(const GumboNode* root, GumboTag tag, GumboNamespaceEnum space) {
  return any_element(root, [&](const GumboNode* node) {
    return node->v.element.tag == tag && node->v.element.tag_namespace == space;
  });
}

// At least so much text outside of scripts.
bool holds_text(const GumboNode* root, std::size_t least) {
  std::size_t bytes = 0;
  const auto add = [&](const GumboNode* node) {
    const GumboTag tag = tag_of(node);
    if (tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE) return false;
    for (const GumboNode* child : children_of(node))
      if (child->type == GUMBO_NODE_TEXT) bytes += base::trim(child->v.text.text).size();
    return bytes >= least;
  };
  return add(root) || any_element(root, add, 2000);
}

bool expands(const GumboNode* control) {
  if (control == nullptr) return false;
  if (!attribute(control, "aria-expanded").empty()) return true;
  const auto children = children_of(control);
  return heading_level(control) > 0 &&
         std::any_of(children.begin(), children.end(), [](const auto* c) {
           return is_element(c) && !attribute(c, "aria-expanded").empty();
         });
}

class Revealer {
 public:
  void run(const GumboNode* root) {
    each_element(root, [&](GumboNode* node) {
      note(node);
      return true;
    });
    for (const auto& [name, part] : parts_) put_in_place(name, part);
    for (GumboNode* node : hidden_)
      if (shows(node)) show(node);
  }

 private:
  void note(GumboNode* node) {
    if (tag_of(node) == GUMBO_TAG_TEMPLATE) note_template(node);
    if (tag_of(node) == GUMBO_TAG_NOSCRIPT) note_noscript(node);
    bool is_hidden_box = false;
    for (const GumboAttribute* one : attributes_of(node)) {
      is_hidden_box = is_hidden_box || hiding_of(*one) != Hiding::none;
      note_control(node, one->name, one->value);
    }
    if (!is_hidden_box) return;
    hidden_.push_back(node);
    const std::string_view id = attribute(node, "id");
    if (id.starts_with("S:")) parts_.emplace_back(id.substr(2), node);
  }

  // A shadow root that comes with the page is shown; any other template waits for a script.
  void note_template(GumboNode* node) {
    if (!attribute(node, "shadowrootmode").empty() || !attribute(node, "shadowroot").empty()) {
      node->type = GUMBO_NODE_ELEMENT;
      node->v.element.tag = GUMBO_TAG_DIV;
    }
    const std::string_view id = attribute(node, "id");
    if (id.starts_with("B:")) places_.emplace(id.substr(2), node);
  }

  // The text for readers without scripts, unless it only tells them to have some.
  static void note_noscript(GumboNode* node) {
    if (!holds(node, GUMBO_TAG_P, GUMBO_NAMESPACE_HTML) &&
        !holds(node, GUMBO_TAG_PRE, GUMBO_NAMESPACE_HTML))
      return;
    if (holds_text(node, 200)) node->v.element.tag = GUMBO_TAG_DIV;
  }

  void note_control(const GumboNode* node, std::string_view name, std::string_view value) {
    if (is_one_of(name, {"aria-controls", "data-target", "data-bs-target", "data-tab",
                         "data-tab-target"})) {
      any_word(value, [&](std::string_view id) {
        controlled_.insert(id.starts_with('#') ? id.substr(1) : id);
        return false;
      });
    } else if (name == "onclick") {
      note_quoted(value);
    } else if (name == "href" && value.size() > 1 && value.front() == '#') {
      const std::string_view role = attribute(node, "role");
      if (role == "tab" || role == "button" || !attribute(node, "data-toggle").empty() ||
          !attribute(node, "data-bs-toggle").empty() || !attribute(node, "aria-expanded").empty() ||
          class_has_part(node, {"tab", "toggle", "accordion", "collapse"}))
        controlled_.insert(value.substr(1));
    }
  }

  void note_quoted(std::string_view script) {
    for (auto open = script.find_first_of("'\""); open != std::string_view::npos;
         open = script.find_first_of("'\"", open + 1)) {
      const auto close = script.find(script[open], open + 1);
      if (close == std::string_view::npos) return;
      std::string_view word = script.substr(open + 1, close - open - 1);
      if (word.starts_with('#')) word.remove_prefix(1);
      if (!word.empty()) controlled_.insert(word);
      open = close;
    }
  }

  // A part that comes late takes the place that was kept for it, and what stood there meanwhile goes.
  void put_in_place(std::string_view name, GumboNode* part) {
    const auto place = places_.find(name);
    if (place == places_.end()) return;
    GumboNode* hole = place->second;
    for (const GumboNode* above = hole; above != nullptr; above = above->parent)
      if (above == part) return;
    auto* holes = reinterpret_cast<GumboNode**>(hole->parent->v.element.children.data);
    auto* parts = reinterpret_cast<GumboNode**>(part->parent->v.element.children.data);
    const std::size_t at = hole->index_within_parent;
    holes[at] = part;
    parts[part->index_within_parent] = hole;
    std::swap(hole->parent, part->parent);
    std::swap(hole->index_within_parent, part->index_within_parent);
    drop_until_end(part->parent, at + 1);
  }

  void drop_until_end(const GumboNode* parent, std::size_t from) {
    const auto children = children_of(parent);
    std::size_t end = from;
    while (end < children.size() && !is_end_mark(children[end])) ++end;
    if (end == children.size()) return;
    for (std::size_t i = from; i < end; ++i) {
      if (is_element(children[i])) children[i]->v.element.tag = GUMBO_TAG_TEMPLATE;
      if (is_text(children[i])) children[i]->v.text.text = "";
    }
  }

  static bool is_end_mark(const GumboNode* node) {
    return node->type == GUMBO_NODE_COMMENT && std::strcmp(node->v.text.text, "/$") == 0;
  }

  bool shows(const GumboNode* box) const {
    const GumboTag tag = tag_of(box);
    if (tag == GUMBO_TAG_LAST || tag == GUMBO_TAG_INPUT || tag == GUMBO_TAG_A ||
        heading_level(box) > 0)
      return false;
    const std::string_view id = attribute(box, "id");
    if (id.starts_with("S:")) return true;
    if (holds(box, GUMBO_TAG_MATH, GUMBO_NAMESPACE_MATHML)) return true;
    if (tag == GUMBO_TAG_IMG) return shows_formula(box);
    if (is_overlay(box)) return false;
    if (attribute(box, "role") == "tabpanel") return true;
    if (class_has_part(
            box, {"tab-pane", "tabpanel", "tab-panel", "tabs-panel", "tab-content", "tabcontent",
                  "tabbed", "accordion", "collaps", "expand", "faq", "spoiler"}))
      return true;
    if (!id.empty() && controlled_.count(id) > 0) return true;
    if (expands(element_before(box))) return true;
    return is_invisible_only(box) && holds_text(box, 60);
  }

  // The picture of a formula, with its TeX, where there is no MathML beside it.
  static bool shows_formula(const GumboNode* image) {
    return class_has_part(image, {"math", "tex"}) && image->parent != nullptr &&
           !holds(image->parent, GUMBO_TAG_MATH, GUMBO_NAMESPACE_MATHML);
  }

  static bool is_invisible_only(const GumboNode* box) {
    return std::none_of(attributes_of(box).begin(), attributes_of(box).end(),
                        [](const GumboAttribute* one) { return hiding_of(*one) == Hiding::box; });
  }

  static void show(GumboNode* box) {
    for (GumboAttribute* one : attributes_of(box))
      if (hiding_of(*one) != Hiding::none) one->name = "data-hidden";
  }

  std::unordered_set<std::string_view> controlled_;
  std::unordered_map<std::string_view, GumboNode*> places_;
  std::vector<std::pair<std::string_view, GumboNode*>> parts_;
  std::vector<GumboNode*> hidden_;
};

}  // namespace

void reveal(const GumboNode* root) { Revealer().run(root); }

bool is_hidden(const GumboNode* element) {
  for (const GumboAttribute* one : attributes_of(element))
    if (hiding_of(*one) != Hiding::none) return true;
  return false;
}

}  // namespace freshet::read
