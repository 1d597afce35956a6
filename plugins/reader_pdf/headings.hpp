// reader_pdf/headings.hpp - where sections begin: by the outline, or by large type where there is none.
#pragma once

#include "reader_pdf/poppler.hpp"

namespace freshet::reader_pdf {

// Begins before `line` of `page` (both from 0), and takes `lines` of them as its title.
struct Heading {
  std::size_t page = 0, line = 0, lines = 0;
  int level = 1;  // 1 to 6
  std::string title;
};

// In the order of the text. An item of the outline that is not found on its page begins that page.
std::vector<Heading> headings_of(const Pdf& pdf);

// The height of the type that most of the text is set in.
double body_height(const std::vector<Page>& pages);

}  // namespace freshet::reader_pdf
