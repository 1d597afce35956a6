// core/base/text.hpp - small questions about UTF-8 text.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::base {

// Well-formed as RFC 3629 says: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// `text` with every ill-formed sequence replaced by U+FFFD; `out_replaced` counts them, when given.
std::string to_utf8(std::string_view text, std::size_t* out_replaced = nullptr);

// Code points in well-formed text; continuation bytes do not count.
std::size_t code_points(std::string_view text);

// The byte offset after `count` code points from `from`; the end of the text if there are fewer.
std::size_t advance_code_points(std::string_view text, std::size_t from, std::size_t count);

// The front of `text`, at most `most` bytes long, without a code point that its end cuts in two.
std::string_view front_of(std::string_view text, std::size_t most);

inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }  // ASCII

std::string_view trim(std::string_view text);  // ASCII white space at both ends
std::string to_lower(std::string_view text);   // ASCII only; other bytes are left alone

// The candidate that `word` was most likely meant to be; empty when none is near.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

// `text` with control characters, terminal escapes, bidi controls and line separators written as
// \u{…}, so that foreign text printed on a terminal is text and nothing else. Keeps \n and \t if
// asked.
std::string printable(std::string_view text, bool keep_newlines = false);

// `text` in double quotes for a message of one line: printable, and cut when it is long.
std::string in_quotes(std::string_view text);

}  // namespace freshet::base
