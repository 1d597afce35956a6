#include "core/read/table.hpp"

#include <algorithm>
#include <cstddef>

namespace freshet::read {
namespace {

// Cells for one with a text, and what is never too much: beyond, rows stay ragged, or one long row
// would make a page of bars.
constexpr std::size_t most_filled = 8;
constexpr std::size_t free_cells = 1000;

using Cells = std::vector<std::string>;

void write_cell(const std::string& text, std::string& out) {
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
}

void write(const Cells& row, std::string& out) {
  for (const std::string& text : row) {
    out += "| ";
    write_cell(text, out);
    if (!text.empty()) out += ' ';
  }
  out += "|\n";
}

void write_rule(std::size_t columns, std::string& out) {
  for (std::size_t i = 0; i < columns; ++i) out += "| --- ";
  out += "|\n";
}

}  // namespace

std::string markdown_table(std::vector<Cells> rows) {
  std::erase_if(rows, [](const Cells& row) {
    return std::all_of(row.begin(), row.end(),
                       [](const std::string& text) { return text.empty(); });
  });
  if (rows.empty()) return {};
  std::size_t wide = 0;
  std::size_t cells = 0;
  for (const Cells& row : rows) {
    wide = std::max(wide, row.size());
    cells += static_cast<std::size_t>(std::count_if(
        row.begin(), row.end(), [](const std::string& text) { return !text.empty(); }));
  }
  const bool fill = wide * rows.size() <= free_cells + most_filled * cells;
  std::string out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (fill) rows[i].resize(wide);
    write(rows[i], out);
    if (i == 0) write_rule(rows[i].size(), out);
  }
  out.pop_back();
  return out;
}

}  // namespace freshet::read
