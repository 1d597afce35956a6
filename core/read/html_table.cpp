// Tables to Markdown.
#include "core/read/html_table.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/base/text.hpp"
#include "core/read/html_boilerplate.hpp"
#include "core/read/html_flat.hpp"
#include "core/read/table.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t most_span = 100;
constexpr std::size_t most_repeated = 40;      // bytes of a cell that its other rows say again
constexpr std::size_t most_fillers = 100'000;  // empty cells a table may come to through its spans

struct Row {
  std::vector<const GumboNode*> cells;
};

bool is_cell(const GumboNode* node) {
  return tag_of(node) == GUMBO_TAG_TD || tag_of(node) == GUMBO_TAG_TH;
}

void collect_rows(const GumboNode* node, std::vector<Row>& rows) {
  for (const GumboNode* child : children_of(node)) {
    const GumboTag tag = tag_of(child);
    if (tag == GUMBO_TAG_THEAD || tag == GUMBO_TAG_TBODY || tag == GUMBO_TAG_TFOOT)
      collect_rows(child, rows);
    if (tag != GUMBO_TAG_TR || is_left_out(child, Keep::visible, true)) continue;
    Row row;
    for (const GumboNode* cell : children_of(child))
      if (is_cell(cell) && !is_left_out(cell, Keep::visible, true)) row.cells.push_back(cell);
    if (!row.cells.empty()) rows.push_back(std::move(row));
  }
}

std::size_t span_of(const GumboNode* cell, const char* name) {
  const std::string_view text = attribute(cell, name);
  std::size_t span = 1;
  std::from_chars(text.data(), text.data() + text.size(), span);
  return std::clamp<std::size_t>(span, 1, most_span);
}

// Texts in their columns: a cell over several columns stands in the first of them, a short one over
// several rows in each.
class Grid {
 public:
  void add(const Row& row) {
    std::vector<std::string> texts;
    for (const GumboNode* cell : row.cells) {
      skip_taken(texts);
      const std::size_t column = texts.size();
      const std::size_t columns = span_of(cell, "colspan");
      const std::size_t rows = span_of(cell, "rowspan");
      texts.push_back(flat_text(cell));
      if (fillers_ > most_fillers) continue;
      texts.resize(column + columns);
      fillers_ += columns - 1;
      if (rows > 1) take(column, columns, rows, texts[column]);
    }
    skip_taken(texts);
    for (std::size_t& left : taken_) left -= left > 0;
    rows_.push_back(std::move(texts));
  }

  std::string markdown() { return markdown_table(std::move(rows_)); }

 private:
  void take(std::size_t column, std::size_t columns, std::size_t rows, const std::string& text) {
    if (taken_.size() < column + columns) {
      taken_.resize(column + columns);
      again_.resize(column + columns);
    }
    for (std::size_t i = column; i < column + columns; ++i) taken_[i] = rows;
    again_[column] = text.size() <= most_repeated ? text : std::string();
  }

  void skip_taken(std::vector<std::string>& texts) {
    for (; texts.size() < taken_.size() && taken_[texts.size()] > 0 && fillers_ <= most_fillers;
         ++fillers_)
      texts.push_back(again_[texts.size()]);
  }

  std::vector<std::vector<std::string>> rows_;
  std::size_t fillers_ = 0;
  std::vector<std::size_t> taken_;  // rows that a cell above still reaches into, this one counted
  std::vector<std::string> again_;  // the text of that cell, where it is short: each row says it
};

// A note with a picture or a word before it, as AsciiDoc sets them.
bool is_note(const Row& row) {
  return row.cells.size() == 2 && has_class(row.cells[0], "icon") &&
         has_class(row.cells[1], "content");
}

}  // namespace

bool is_data_table(const GumboNode* table, const HtmlSurvey& survey) {
  const std::string_view role = attribute(table, "role");
  if (role == "presentation" || role == "none") return false;
  if (survey.with_lines.count(table) > 0) return false;
  std::vector<Row> rows;
  collect_rows(table, rows);
  bool header = false;
  std::size_t wide = 0;
  for (const Row& row : rows) {
    if (is_note(row)) return false;
    wide = std::max(wide, row.cells.size());
    header = header || std::any_of(row.cells.begin(), row.cells.end(), [](const GumboNode* cell) {
               return tag_of(cell) == GUMBO_TAG_TH;
             });
  }
  return header || (wide > 1 && survey.with_heading.count(table) == 0 &&
                    survey.with_blocks.count(table) == 0);
}

std::string table_text(const GumboNode* table) {
  std::vector<Row> rows;
  collect_rows(table, rows);
  Grid grid;
  for (const Row& row : rows) grid.add(row);
  return grid.markdown();
}

}  // namespace freshet::read
