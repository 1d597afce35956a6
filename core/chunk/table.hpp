// core/chunk/table.hpp - tables: a row means little without the header above it.
#pragma once

#include <string_view>
#include <vector>

#include "core/chunk/atom.hpp"
#include "core/chunk/measure.hpp"

namespace freshet::chunk {

struct Table {
  model::Span header;  // the first line, and the line "|---|" below it where there is one
  std::vector<model::Span> rows;  // the other lines
};

// The table whose lines are [begin, end).
Table table_of(std::string_view text, std::size_t begin, std::size_t end);

// A table too long for one chunk, as pieces of whole rows with the header in front of each; the
// first begins at `lead`. A header and one row stay together though they be longer than `most`.
// What is too long by itself comes back unsealed: the caller cuts it at words.
std::vector<Atom> pieces_of(const Measure& measure, const Table& table, std::size_t lead,
                            std::size_t most);

}  // namespace freshet::chunk
