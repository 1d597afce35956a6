#include "reader_pdf/tables.hpp"

#include <algorithm>

namespace freshet::reader_pdf {
namespace {

constexpr std::size_t kLeastRows = 3;
constexpr std::size_t kMostWords = 6;  // of a cell, on the average
constexpr std::size_t kMostColumns = 40;
constexpr std::size_t kMostBefore = 4;
constexpr std::size_t kMostLines = 5000;  // of a page that is looked at
constexpr double kApart = 0.6;            // heights between two cells: words of one stand closer
constexpr double kFarBelow = 3.4;  // heights from one row to the next: beyond it the table is over
constexpr double kGoesOn = 1.6;    // the same, to a line that goes on with a cell

struct Cell {
  double x0 = 0, x1 = 0;
  std::string text;
};

struct Row {
  std::vector<std::size_t> lines;
  std::vector<Cell> cells;  // from left to right
  double y0 = 0, y1 = 0, height = 0;
};

std::size_t words_in(const std::string& text) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
}

void add_cells(const Line& line, Row& row) {
  for (const Word& word : line.words) {
    const std::string text = line.text.substr(word.begin, word.end - word.begin);
    if (row.cells.empty() || &word == &line.words.front() ||
        word.x0 - row.cells.back().x1 >= kApart * line.height) {
      row.cells.push_back({word.x0, word.x1, text});
    } else {
      row.cells.back().x1 = word.x1;
      row.cells.back().text += ' ' + text;
    }
  }
}

// Cells that two lines at one height have in common are one.
void tidy(Row& row) {
  std::sort(row.cells.begin(), row.cells.end(),
            [](const Cell& a, const Cell& b) { return a.x0 < b.x0; });
  std::vector<Cell> cells;
  for (Cell& cell : row.cells) {
    if (cells.empty() || cell.x0 - cells.back().x1 >= kApart * row.height) {
      cells.push_back(std::move(cell));
    } else {
      cells.back().x1 = std::max(cells.back().x1, cell.x1);
      cells.back().text += ' ' + cell.text;
    }
  }
  row.cells = std::move(cells);
}

// Lines of one region that stand at one height are a row.
std::vector<Row> rows_of(const Page& page, const std::vector<std::size_t>& region) {
  std::vector<std::size_t> order = region;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return page.lines[a].box.middle() < page.lines[b].box.middle();
  });
  std::vector<Row> rows;
  for (const std::size_t i : order) {
    const Line& line = page.lines[i];
    if (rows.empty() ||
        line.box.middle() > (rows.back().y0 + rows.back().y1) / 2 + 0.35 * line.height)
      rows.push_back({{}, {}, line.box.y0, line.box.y1, line.height});
    rows.back().lines.push_back(i);
    add_cells(line, rows.back());
  }
  for (Row& row : rows) tidy(row);
  return rows;
}

// Where the cells of all rows, seen from above, leave gaps.
std::vector<Cell> columns_of(const std::vector<Row>& rows, std::size_t first, std::size_t end) {
  std::vector<Cell> parts;
  for (std::size_t i = first; i < end; ++i)
    for (const Cell& cell : rows[i].cells) parts.push_back({cell.x0, cell.x1, {}});
  std::sort(parts.begin(), parts.end(), [](const Cell& a, const Cell& b) { return a.x0 < b.x0; });
  std::vector<Cell> columns;
  for (Cell& part : parts) {
    if (columns.empty() || part.x0 > columns.back().x1)
      columns.push_back(std::move(part));
    else
      columns.back().x1 = std::max(columns.back().x1, part.x1);
  }
  return columns;
}

std::size_t column_at(const std::vector<Cell>& columns, const Cell& cell) {
  std::size_t at = 0;
  while (at + 1 < columns.size() && cell.x0 > columns[at].x1) ++at;
  return at;
}

// A line that stands below one cell of the row before it, and is no wider than the gaps allow.
bool goes_on(const Row& before, const Row& row) {
  if (row.cells.size() != 1 || row.y0 - before.y0 > kGoesOn * row.height) return false;
  for (std::size_t i = 0; i < before.cells.size(); ++i) {
    const double right = i + 1 < before.cells.size() ? before.cells[i + 1].x0 - kApart * row.height
                                                     : before.cells[i].x1 + 4 * row.height;
    if (row.cells[0].x0 >= before.cells[i].x0 - 0.5 * row.height && row.cells[0].x1 <= right)
      return before.cells.size() > 1;
  }
  return false;
}

bool is_table(const std::vector<Row>& rows, std::size_t first, std::size_t end,
              std::size_t columns) {
  if (columns < 2 || columns > kMostColumns) return false;
  std::size_t cells = 0, words = 0, full = 0, apart = 0;
  for (std::size_t i = first; i < end; ++i) {
    if (rows[i].cells.size() < 2) continue;
    ++apart;
    full += rows[i].cells.size() == columns ? 1 : 0;
    cells += rows[i].cells.size();
    for (const Cell& cell : rows[i].cells) words += words_in(cell.text);
  }
  return apart >= kLeastRows && words <= cells * kMostWords && full * 2 >= apart;
}

Table table_of(const std::vector<Row>& rows, std::size_t first, std::size_t end,
               const std::vector<Cell>& columns) {
  Table table;
  for (std::size_t i = first; i < end; ++i) {
    table.lines.insert(table.lines.end(), rows[i].lines.begin(), rows[i].lines.end());
    if (rows[i].cells.size() > 1) table.rows.emplace_back(columns.size());
    for (const Cell& cell : rows[i].cells) {
      std::string& text = table.rows.back()[column_at(columns, cell)];
      text += (text.empty() ? "" : " ") + cell.text;
    }
  }
  return table;
}

// Behind the rows from `first` on that may belong to one table.
std::size_t end_of_rows(const std::vector<Row>& rows, std::size_t first) {
  std::size_t end = first, apart = first;  // behind the last row of several cells
  for (; end < rows.size(); ++end) {
    const bool far = end > first && rows[end].y0 - rows[end - 1].y0 > kFarBelow * rows[end].height;
    const bool many = rows[end].cells.size() > 1;
    if (far || !(many || (end > first && goes_on(rows[apart - 1], rows[end])))) break;
    if (many) apart = end + 1;
  }
  return end;
}

void add_tables(const std::vector<Row>& rows, std::vector<Table>& tables) {
  for (std::size_t first = 0; first < rows.size();) {
    const std::size_t end = end_of_rows(rows, first);
    // A line or two of text with wide spaces may stand right before it.
    std::size_t begin = first;
    for (; begin < end && begin < first + kMostBefore; ++begin) {
      const std::vector<Cell> columns = columns_of(rows, begin, end);
      if (rows[begin].cells.size() < 2 || !is_table(rows, begin, end, columns.size())) continue;
      tables.push_back(table_of(rows, begin, end, columns));
      break;
    }
    first = std::max(end, first + 1);
  }
}

}  // namespace

std::vector<Table> tables_of(const Page& page) {
  std::vector<Table> tables;
  if (page.lines.size() > kMostLines) return tables;
  for (std::size_t first = 0; first < page.lines.size();) {
    std::size_t end = first;
    std::vector<std::size_t> region;
    for (; end < page.lines.size() && page.lines[end].region == page.lines[first].region; ++end)
      if (!page.lines[end].dropped) region.push_back(end);
    add_tables(rows_of(page, region), tables);
    first = end;
  }
  return tables;
}

}  // namespace freshet::reader_pdf
