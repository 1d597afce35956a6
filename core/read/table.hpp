// core/read/table.hpp - rows of texts as a Markdown table.
#pragma once

#include <string>
#include <vector>

namespace freshet::read {

// The first row is the header. Rows without text are left out, short ones filled up, bars escaped.
// No line break at the end; "" where nothing is left.
std::string markdown_table(std::vector<std::vector<std::string>> rows);

}  // namespace freshet::read
