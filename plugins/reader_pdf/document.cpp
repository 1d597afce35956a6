#include "reader_pdf/document.hpp"

#include <algorithm>
#include <map>

#include "reader_pdf/headings.hpp"
#include "reader_pdf/prose.hpp"
#include "reader_pdf/running_heads.hpp"
#include "reader_pdf/tables.hpp"

namespace freshet::reader_pdf {
namespace {

// "3, 7-9"
std::string ranges_of(const std::vector<std::size_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (!text.empty()) text += ", ";
    text += std::to_string(numbers[i]);
    if (end > i + 1) text += "-" + std::to_string(numbers[end - 1]);
    i = end;
  }
  return text;
}

std::string cell_text(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  return text;
}

std::string table_text(const Table& table) {
  std::string text;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    if (i > 0) text += '\n';
    text += '|';
    for (const std::string& cell : table.rows[i]) text += " " + cell_text(cell) + " |";
    if (i > 0) continue;
    text += "\n|";
    for (std::size_t j = 0; j < table.rows[i].size(); ++j) text += "---|";
  }
  return text;
}

// What programs write where nobody gave a title.
bool is_title(std::string_view title) {
  if (title.find_first_not_of(" \t\r\n") == std::string_view::npos) return false;
  for (const std::string_view part : {"Microsoft Word - ", "Microsoft PowerPoint - ", "untitled",
                                      "Untitled", "(anonymous)", "anonymous"})
    if (title.starts_with(part)) return false;
  for (const std::string_view end :
       {".dvi", ".tex", ".doc", ".docx", ".indd", ".qxd", ".html", ".ps"})
    if (title.ends_with(end)) return false;
  return true;
}

std::string name_in(std::string_view uri) {
  uri = uri.substr(0, uri.find_first_of("?#"));
  return std::string(uri.substr(uri.rfind('/') + 1));
}

// The largest type of the first page, where some is larger than the body.
std::string large_title(const std::vector<Page>& pages) {
  const double body = body_height(pages);
  const Line* tallest = nullptr;
  for (const Line& line : pages.front().lines)
    if (!line.dropped && line.text.size() > 3 && line.height > 1.18 * body &&
        (tallest == nullptr || line.height > tallest->height))
      tallest = &line;
  if (tallest == nullptr) return {};
  std::string title;
  for (const Line& line : pages.front().lines)
    if (line.block == tallest->block && line.height > 0.95 * tallest->height)
      title += (title.empty() ? "" : " ") + line.text;
  return title;
}

class Builder {
 public:
  Builder(const Options& options, Pdf& pdf, const std::string& uri,
          const sdk::DocumentBuilder& document)
      : options_(options), pdf_(pdf), uri_(uri), document_(document), words_(pdf.pages) {}

  void build(const sdk::Call& call) {
    const std::vector<Heading> headings = headings_of(pdf_);
    for (const Heading& heading : headings)
      for (std::size_t i = 0; i < heading.lines; ++i)
        pdf_.pages[heading.page].lines[heading.line + i].dropped = true;
    auto next = headings.begin();
    for (std::size_t number = 0; number < pdf_.pages.size(); ++number) {
      call.check();
      page_ = number;
      tables_ = options_.tables ? tables_of(pdf_.pages[number]) : std::vector<Table>();
      find_blocks();
      for (std::size_t line = 0; line <= pdf_.pages[number].lines.size(); ++line) {
        for (; next != headings.end() && next->page == number && next->line == line; ++next)
          begin_section(*next);
        if (line < pdf_.pages[number].lines.size()) add_line(line);
      }
    }
    flush();
  }

 private:
  struct Piece {
    std::size_t page;
    std::string text;
  };

  // The box of all lines of each block, and which lines are in which table.
  void find_blocks() {
    blocks_.clear();
    in_table_.clear();
    for (const Line& line : pdf_.pages[page_].lines) {
      const auto [at, made] = blocks_.try_emplace(line.block, line.box);
      if (!made) {
        at->second.x0 = std::min(at->second.x0, line.box.x0);
        at->second.x1 = std::max(at->second.x1, line.box.x1);
      }
    }
    for (std::size_t i = 0; i < tables_.size(); ++i)
      for (const std::size_t line : tables_[i].lines) in_table_[line] = i;
  }

  void begin_section(const Heading& heading) {
    flush();
    document_.page(static_cast<int>(heading.page) + 1);
    document_.section(heading.level, heading.title,
                      uri_ + "#page=" + std::to_string(heading.page + 1));
  }

  void add_line(std::size_t number) {
    const Line& line = pdf_.pages[page_].lines[number];
    if (line.dropped) return;
    if (const auto found = in_table_.find(number); found != in_table_.end()) {
      Table& table = tables_[found->second];
      if (!table.rows.empty()) append(Joint::paragraph, table_text(table));
      table.rows.clear();  // it stands where its first line did
      before_ = nullptr;
      return;
    }
    append(before_ == nullptr ? Joint::paragraph : joint_of(words_, *before_, line, before_block_),
           line.text);
    before_ = &line;
    before_block_ = blocks_[line.block];
  }

  void append(Joint joint, const std::string& text) {
    if (!pieces_.empty() && pieces_.back().page == page_)
      return join_line(pieces_.back().text, joint, text);
    if (!pieces_.empty()) join_line(pieces_.back().text, joint, "");  // of the page before
    pieces_.push_back({page_, text});
  }

  void flush() {
    for (const Piece& piece : pieces_) {
      document_.page(static_cast<int>(piece.page) + 1);
      document_.text(piece.text);
    }
    pieces_.clear();
    before_ = nullptr;
  }

  const Options& options_;
  Pdf& pdf_;
  const std::string& uri_;
  const sdk::DocumentBuilder& document_;
  const Words words_;
  std::size_t page_ = 0;
  std::vector<Table> tables_;
  std::map<std::size_t, Box> blocks_;
  std::map<std::size_t, std::size_t> in_table_;
  const Line* before_ = nullptr;
  Box before_block_;
  std::vector<Piece> pieces_;  // of the section that is open
};

void tell_empty_pages(const sdk::Call& call, const Pdf& pdf, const std::string& uri,
                      const sdk::DocumentBuilder& document) {
  std::vector<std::size_t> empty;
  for (std::size_t i = 0; i < pdf.pages.size(); ++i)
    if (pdf.pages[i].lines.empty()) empty.push_back(i + 1);
  if (empty.empty()) return;
  if (empty.size() == pdf.pages.size())
    throw sdk::Failure(FRESHET_E_UNSUPPORTED,
                       "none of its " + std::to_string(pdf.pages.size()) +
                           " pages has text: they are pictures, or blank",
                       uri);
  const std::string pages = ranges_of(empty);
  call.log(FRESHET_LOG_WARNING,
           uri + ": no text on page " + pages + ", which is a picture, or blank");
  document.metadata("pages_without_text", pages);
}

void tell_info(const Pdf& pdf, const std::string& uri, const sdk::DocumentBuilder& document) {
  const Info& info = pdf.info;
  std::string title = is_title(info.title) ? info.title : large_title(pdf.pages);
  document.title(title.empty() ? name_in(uri) : title);
  const std::pair<const char*, const std::string&> all[] = {{"author", info.author},
                                                            {"description", info.subject},
                                                            {"keywords", info.keywords},
                                                            {"created", info.created},
                                                            {"modified", info.modified}};
  for (const auto& [key, value] : all)
    if (!value.empty()) document.metadata(key, value);
  document.metadata("pages", pdf.pages.size());
}

}  // namespace

void build_document(const sdk::Call& call, const Options& options, Pdf pdf, const std::string& uri,
                    const sdk::DocumentBuilder& document) {
  tell_empty_pages(call, pdf, uri, document);
  if (!options.running_heads) drop_running_heads(pdf.pages);
  tell_info(pdf, uri, document);
  Builder(options, pdf, uri, document).build(call);
}

}  // namespace freshet::reader_pdf
