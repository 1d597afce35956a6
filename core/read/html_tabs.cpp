#include "core/read/html_tabs.hpp"

#include <string_view>

namespace freshet::read {
namespace {

constexpr std::size_t most_labels = 64;

using Ids = std::unordered_map<std::string_view, const GumboNode*>;

bool is_label(const GumboNode* node) { return attribute(node, "role") == "tab"; }

std::vector<const GumboNode*> below(const GumboNode* group, bool (*wanted)(const GumboNode*)) {
  std::vector<const GumboNode*> found;
  each_element(group, [&](const GumboNode* node) {
    if (!wanted(node)) return true;
    found.push_back(node);
    return false;
  });
  return found;
}

bool is_label_tag(const GumboNode* node) { return tag_of(node) == GUMBO_TAG_LABEL; }
bool is_press_tag(const GumboNode* node) {
  return tag_of(node) == GUMBO_TAG_BUTTON || tag_of(node) == GUMBO_TAG_A ||
         tag_of(node) == GUMBO_TAG_LI;
}

std::vector<const GumboNode*> labels_of(const GumboNode* group) {
  for (bool (*wanted)(const GumboNode*) : {is_label, is_label_tag, is_press_tag})
    if (auto found = below(group, wanted); found.size() > 0)
      return found.size() <= most_labels ? found : std::vector<const GumboNode*>();
  return {};
}

std::vector<const GumboNode*> boxes_in(const GumboNode* parent) {
  std::vector<const GumboNode*> boxes;
  for (const GumboNode* child : children_of(parent)) {
    if (!is_element(child)) continue;
    if (tag_of(child) == GUMBO_TAG_SCRIPT || tag_of(child) == GUMBO_TAG_STYLE) continue;
    boxes.push_back(child);
  }
  return boxes;
}

// As many boxes as there are labels: below the box after the group, or after the group itself.
std::vector<const GumboNode*> panels_after(const GumboNode* group, std::size_t count) {
  const GumboNode* next = element_after(group);
  for (int level = 0; level < 3 && next != nullptr; ++level) {
    const auto inside = boxes_in(next);
    if (inside.size() == count && (count > 1 || level > 0)) return inside;
    next = inside.size() == 1 ? inside.front() : nullptr;
  }
  std::vector<const GumboNode*> after;
  for (next = element_after(group); next != nullptr && after.size() <= count;
       next = element_after(next))
    after.push_back(next);
  if (after.size() == count && count > 1) return after;
  return {};
}

const GumboNode* by_id(const Ids& ids, std::string_view id) {
  if (id.starts_with('#')) id.remove_prefix(1);
  const auto found = ids.find(id);
  return found == ids.end() ? nullptr : found->second;
}

const GumboNode* panel_named_by(const Ids& ids, const GumboNode* label) {
  for (const char* name : {"aria-controls", "data-target", "data-bs-target", "data-tab-target"})
    if (const GumboNode* panel = by_id(ids, attribute(label, name))) return panel;
  if (const std::string_view href = attribute(label, "href"); href.starts_with('#'))
    return by_id(ids, href);
  for (const GumboNode* child : children_of(label))
    if (tag_of(child) == GUMBO_TAG_A || tag_of(child) == GUMBO_TAG_BUTTON)
      return panel_named_by(ids, child);
  return nullptr;
}

}  // namespace

bool is_tab_group(const GumboNode* node) {
  if (attribute(node, "role") == "tablist") return true;
  return any_word(attribute(node, "class"), [](std::string_view word) {
    return word == "tabbed-labels" || word == "tabs" || word == "tab-labels" ||
           word == "nav-tabs" || word == "tab-list" || word == "tablist" || word == "tab-bar" ||
           word == "tabs-nav" || word == "code-tabs";
  });
}

Tabs find_tabs(const GumboNode* root, const std::vector<const GumboNode*>& groups) {
  Tabs tabs;
  if (groups.empty()) return tabs;
  Ids ids;
  std::unordered_map<std::string_view, const GumboNode*> labelled;
  each_element(root, [&](const GumboNode* node) {
    if (const std::string_view id = attribute(node, "id"); !id.empty()) ids.emplace(id, node);
    if (attribute(node, "role") == "tabpanel")
      if (const std::string_view by = attribute(node, "aria-labelledby"); !by.empty())
        labelled.emplace(by, node);
    return true;
  });
  const auto pair = [&](const GumboNode* label, const GumboNode* panel) {
    if (panel == nullptr || !tabs.label_of.emplace(panel, label).second) return;
    tabs.labels.insert(label);
  };
  for (const GumboNode* group : groups) {
    const auto labels = labels_of(group);
    const auto in_order = panels_after(group, labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const GumboNode* panel = panel_named_by(ids, labels[i]);
      if (panel == nullptr) panel = by_id(labelled, attribute(labels[i], "id"));
      if (panel == nullptr && i < in_order.size()) panel = in_order[i];
      pair(labels[i], panel);
    }
  }
  return tabs;
}

}  // namespace freshet::read
