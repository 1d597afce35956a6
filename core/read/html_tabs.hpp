// core/read/html_tabs.hpp - which label belongs to which panel.
//
// Pages keep the labels of tabs in one box and the panels in another; a reader sees a panel below its
// own label, and so it is stored.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "core/read/html_dom.hpp"

namespace freshet::read {

struct Tabs {
  std::unordered_map<const GumboNode*, const GumboNode*> label_of;  // by panel
  std::unordered_set<const GumboNode*> labels;                      // those that have a panel
};

// `groups`: the boxes that may hold labels, see is_tab_group().
Tabs find_tabs(const GumboNode* root, const std::vector<const GumboNode*>& groups);

bool is_tab_group(const GumboNode* node);

}  // namespace freshet::read
