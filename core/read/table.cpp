#include "core/read/table.hpp"

#include <algorithm>
#include <cstddef>

namespace freshet::read {
namespace {

// Cells: larger tables keep ragged rows, or one long row would make a page of bars.
constexpr std::size_t most_filled = 200'000;

using Row = std::vector<std::string>;

void write_cell(const std::string& text, std::string& out) {
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
}

void write(const Row& row, std::string& out) {
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

std::string markdown_table(std::vector<Row> rows) {
  std::erase_if(rows, [](const Row& row) {
    return std::all_of(row.begin(), row.end(),
                       [](const std::string& text) { return text.empty(); });
  });
  if (rows.empty()) return {};
  std::size_t wide = 0;
  for (const Row& row : rows) wide = std::max(wide, row.size());
  const bool fill = wide <= most_filled / rows.size();
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
