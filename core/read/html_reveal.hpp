// core/read/html_reveal.hpp - shows what a page has hidden only until a reader asks for it.
//
// Tab panels, collapsed sections, parts that a script puts in their place, shadow roots, what is
// there for readers without scripts: their marks of hiding are taken from the tree, so that nobody
// behind this has to know of them. What nothing on the page would show stays hidden.
#pragma once

#include "core/read/html_dom.hpp"

namespace freshet::read {

// Changes the tree below `root`.
void reveal(const GumboNode* root);

// Whether the element bears a mark of hiding: `hidden`, `aria-hidden` or a style.
bool is_hidden(const GumboNode* element);

}  // namespace freshet::read
