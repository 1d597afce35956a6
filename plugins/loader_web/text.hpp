// loader_web/text.hpp - small questions about text and numbers that come from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::loader_web {

std::string_view trim(std::string_view text);  // ASCII white space at both ends
std::string lower(std::string_view text);      // ASCII only
bool equals_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

// Well-formed UTF-8: nothing else may go to the host.
bool is_utf8(std::string_view text);
// Without C0 controls and DEL: fit for a header or a URL.
bool is_printable(std::string_view text);

// Digits only, and no more than `most`.
std::optional<std::int64_t> parse_number(std::string_view digits, std::int64_t most);

// Fit to stand in HTML, in an attribute with double quotes, too.
std::string html_escaped(std::string_view text);

void append_utf8(std::string& to, char32_t code_point);

}  // namespace freshet::loader_web
