// core/read/html_main.hpp - where the main content of a page is.
//
// Marks (<main>, <article>, what ids and classes say) are evidence: the first counts that bears
// enough of the page's running text. Without such a mark it is the smallest box with most of it.
#pragma once

#include <array>
#include <vector>

#include "core/read/html_dom.hpp"
#include "core/read/html_weight.hpp"

namespace freshet::read {

inline constexpr std::size_t content_mark_count = 22;

struct MainHints {
  std::vector<const GumboNode*> mains;                                   // <main> and role=main
  std::vector<const GumboNode*> articles;                                // those not inside another
  std::vector<const GumboNode*> headings;                                // <h1>
  std::array<std::vector<const GumboNode*>, content_mark_count> marked;  // the surest mark first
};

void note_mark(const GumboNode* node, MainHints& hints);

// Null where the body is all that can be said.
const GumboNode* main_content(const GumboNode* body, const MainHints& hints,
                              const Weights& weights);

}  // namespace freshet::read
