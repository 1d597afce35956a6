// reader_pdf/layout.hpp - in which order a page is read: columns one after the other.
#pragma once

#include "reader_pdf/page.hpp"

namespace freshet::reader_pdf {

// Puts the lines into that order, and gives each the number of its region: what is read from the top to the
// bottom, such as a column, or all between two headings over all columns.
void order_lines(Page& page);

}  // namespace freshet::reader_pdf
