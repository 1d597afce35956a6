// loader_web/selection.hpp - a page without what a rule drops, or with nothing but what it keeps.
//
// Cut out of the page's own bytes in one pass over its tags. Elements that are not closed end where HTML
// ends them: a paragraph at the next block, an item at the next item.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "loader_web/selector.hpp"

namespace freshet::loader_web {

inline constexpr std::size_t kMaxOpenElements = 512;

// Nothing where `keep` selects nothing in the page. Throws where more than kMaxOpenElements are open at
// once. What is kept stands in the page's main content; an empty `keep` keeps everything.
std::optional<std::string> select_parts(std::string_view html, const Selectors& keep,
                                        const Selectors& drop);

}  // namespace freshet::loader_web
