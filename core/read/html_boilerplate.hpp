// core/read/html_boilerplate.hpp - which elements of a page are not its content.
#pragma once

#include "core/read/html_dom.hpp"

namespace freshet::read {

// How much of a page is left out.
enum class Keep {
  main,     // no navigation, sidebars, forms, site header and footer
  visible,  // no scripts, styles, controls, hidden elements
};

// Of an HTML element. `inside`: it lies in the part chosen as main content, where headers and
// asides are the author's rather than the site's.
bool is_left_out(const GumboNode* element, Keep keep, bool inside);

// Scripts, controls and the like: no text of theirs is anyone's.
bool is_never_text(const GumboNode* element);

// Whether its text is nothing but numbers: of lines, beside code.
bool is_number_list(const GumboNode* node);

}  // namespace freshet::read
