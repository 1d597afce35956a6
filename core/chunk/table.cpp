#include "core/chunk/table.hpp"

#include "core/chunk/scan.hpp"

namespace freshet::chunk {
namespace {

// Repeating the header must not multiply the text: a long one is repeated only over long rows.
bool worth_repeating(const Measure& measure, const Table& table, std::size_t most) {
  const std::size_t header = measure.count(table.header.begin, table.header.end);
  if (header > most) return false;
  const std::size_t rows = measure.count(table.rows.front().begin, table.rows.back().end);
  return header <= most / 2 || header <= 4 * (rows / table.rows.size());
}

}  // namespace

Table table_of(std::string_view text, std::size_t begin, std::size_t end) {
  Table table;
  std::size_t at = begin;
  for (std::size_t number = 0; at < end; ++number) {
    const std::size_t line = line_end(text, at, end);
    std::size_t row_begin = at;
    std::size_t row_end = line;
    trim(text, row_begin, row_end);
    const bool delimiter =
        number == 1 && is_delimiter_line(text.substr(row_begin, row_end - row_begin));
    if (number == 0) {
      table.header = {row_begin, row_end};
    } else if (delimiter) {
      table.header.end = row_end;
    } else {
      table.rows.push_back({row_begin, row_end});
    }
    at = line + 1;
  }
  return table;
}

std::vector<Atom> pieces_of(const Measure& measure, const Table& table, std::size_t lead,
                            std::size_t most) {
  std::vector<Atom> pieces;
  const bool repeat = worth_repeating(measure, table, most);
  const std::size_t header_size = measure.count(table.header.begin, table.header.end) + 1;
  const model::Span repeated = repeat ? table.header : model::Span{};
  // The first piece holds its header already; it may be too long for any.
  const bool header_fits = measure.count(lead, table.header.end) <= most;
  pieces.push_back({lead, table.header.end, false, header_fits, {}});
  bool open = header_fits;
  bool bare =
      repeat;  // the piece is a header still without a row, which it must not be left without
  for (const model::Span& row : table.rows) {
    if (measure.count(row.begin, row.end) > most) {
      pieces.push_back({row.begin, row.end, false, false, {}});
      open = false;
      continue;
    }
    Atom& last = pieces.back();
    const std::size_t in_front = last.header == model::Span{} ? 0 : header_size;
    if (open && (bare || in_front + measure.count(last.begin, row.end) <= most)) {
      last.end = row.end;
    } else {
      pieces.push_back({row.begin, row.end, false, true, repeated});
      open = true;
    }
    bare = false;
  }
  return pieces;
}

}  // namespace freshet::chunk
