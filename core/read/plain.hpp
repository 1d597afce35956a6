// core/read/plain.hpp - plain text: one leaf, as it stands.
#pragma once

#include <string>
#include <string_view>

#include "core/model/document.hpp"

namespace freshet::read {

// `text` is valid UTF-8. Line ends become \n; blank space at both ends goes.
model::Document read_plain(std::string_view text, const std::string& uri);

// The first line that is not blank, cut to 50 characters; "" where there is none.
std::string first_line(std::string_view text);

// Line ends of any kind as \n, and NUL as U+FFFD.
std::string with_unix_lines(std::string_view text);

}  // namespace freshet::read
