// reader_pdf/tables.hpp - what stands in rows and columns.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reader_pdf/page.hpp"

namespace freshet::reader_pdf {

struct Table {
  std::vector<std::size_t> lines;              // of the page, that are in it
  std::vector<std::vector<std::string>> rows;  // each with as many cells as the others
};

// At least three rows one below the other whose short parts stand in the same columns. Columns of running text
// are none: their parts are long.
std::vector<Table> tables_of(const Page& page);

}  // namespace freshet::reader_pdf
