// reader_pdf/running_heads.hpp - what stands again and again at the head or the foot of pages.
#pragma once

#include <vector>

#include "reader_pdf/page.hpp"

namespace freshet::reader_pdf {

// Marks such lines as dropped: outermost rows that stand, but for their numbers, also on a page nearby at the
// same height, and rows where most pages have one. Of two pages these are rows with numbers alone.
void drop_running_heads(std::vector<Page>& pages);

}  // namespace freshet::reader_pdf
