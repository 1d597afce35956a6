// reader_office/rtf.hpp - headings of RTF that are told by their style alone, as LibreOffice writes them.
#pragma once

#include <string>
#include <string_view>

namespace freshet::reader_office {

// `bytes` with the outline level of every paragraph whose style is called "heading 1" to "heading 9", which is
// what pandoc knows headings by.
std::string with_outline_levels(std::string_view bytes);

}  // namespace freshet::reader_office
