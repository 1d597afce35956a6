// reader_pdf/poppler.hpp - what the programs of poppler say of a PDF.
#pragma once

#include <cstdint>

#include <freshet/sdk/confined.hpp>

#include "reader_pdf/page.hpp"

namespace freshet::reader_pdf {

struct Options {
  std::uint64_t max_seconds = 60;
  std::uint64_t max_memory = 0;
  std::uint64_t max_text = 0;
  bool tables = true;
  bool running_heads = false;
};

struct OutlineItem {
  int level = 1;  // from 1
  int page = 0;   // from 1; 0: nowhere
  std::string title;
};

struct Pdf {
  Info info;
  std::vector<Page> pages;
  std::vector<OutlineItem> outline;
};

// Throws where the file cannot be read: encrypted, damaged, too much.
Pdf read_pdf(const sdk::Call& call, const Options& options, std::string_view bytes);

}  // namespace freshet::reader_pdf
