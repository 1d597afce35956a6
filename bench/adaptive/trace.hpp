// bench/adaptive/trace.hpp - when the pages of a documentation really changed.
#pragma once

#include <string>
#include <vector>

namespace freshet::bench {

struct Life {
  double begin, end;  // days since 1970
};

struct Page {
  int folder = 0;
  std::vector<Life> lives;      // a page that was removed may come again
  std::vector<double> changes;  // in order
};

struct Trace {
  std::string name;
  std::vector<Page> pages;
  int folders = 0;
  double begin = 0, end = 0;
};

// One line a page: "folder/name", then its events "+1449874202 ~1450112934 -1488559669": created, changed,
// removed, at seconds since 1970. Ends the program where the file is not so.
Trace read_trace(const std::string& path);

}  // namespace freshet::bench
