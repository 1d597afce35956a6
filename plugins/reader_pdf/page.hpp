// reader_pdf/page.hpp - the pages of a PDF as lines of words, each with its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freshet::reader_pdf {

// In points, from the top left.
struct Box {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  double width() const { return x1 - x0; }
  double height() const { return y1 - y0; }
  double middle() const { return (y0 + y1) / 2; }
};

struct Word {
  double x0 = 0, x1 = 0;
  std::size_t begin = 0, end = 0;  // in the text of its line
};

struct Line {
  Box box;
  double height = 0;  // of most of its words: what their type is told by
  std::string text;
  std::vector<Word> words;
  std::size_t block = 0;   // lines of one block stand together
  std::size_t region = 0;  // see layout.hpp
  bool dropped = false;    // a running head or foot
};

struct Page {
  double width = 0, height = 0;
  std::vector<Line> lines;  // in reading order
};

struct Info {
  std::string title, author, subject, keywords, created, modified;
};

// The page that `xml` is, from <page to </page>, as pdftotext -bbox-layout writes it.
Page parse_page(std::string_view xml);

// What stands before the first page.
Info parse_info(std::string_view head);

}  // namespace freshet::reader_pdf
