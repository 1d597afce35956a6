// core/read/html_side.hpp - what stands within the main content and is not part of its text.
#pragma once

#include <unordered_set>

#include "core/read/html_dom.hpp"
#include "core/read/html_weight.hpp"

namespace freshet::read {

// Comments, related pages, buttons to share, wishes to subscribe, the page's own table of contents.
// Words in classes say what a box may be. Where boxes of one kind bear a good part of the text they
// are what the page is about, and none of that kind is left out.
std::unordered_set<const GumboNode*> side_boxes(const GumboNode* main, const Weights& weights);

}  // namespace freshet::read
