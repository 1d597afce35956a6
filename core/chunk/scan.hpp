// core/chunk/scan.hpp - small scanners over text: lines, tables, fences, sentences.
//
// All take offsets into one text and an end that they never look beyond.
#pragma once

#include <cstddef>
#include <string_view>

namespace freshet::chunk {

inline constexpr std::size_t none = std::string_view::npos;

// The end of the line that `at` is in: the offset of its line feed, or `end`.
std::size_t line_end(std::string_view text, std::size_t at, std::size_t end);

// A Markdown table line: its first character that is no blank is '|'.
bool is_table_line(std::string_view line);

// "|---|:-:|": what stands below the header line of a table.
bool is_delimiter_line(std::string_view line);

// What opens or closes a fenced code block; length 0 for any other line.
struct FenceMark {
  char mark = 0;
  std::size_t length = 0;
  bool closes = false;  // nothing follows it, so that it may also close
};
FenceMark fence_mark(std::string_view line);

// The start of the first sentence after `from`: after ".", "!" or "?" (and closing quotes or
// brackets) and white space; after a full-width stop; at a list item; after a blank line. none if
// there is none before `end`.
std::size_t next_sentence(std::string_view text, std::size_t from, std::size_t end);

// The same for words: after white space.
std::size_t next_word(std::string_view text, std::size_t from, std::size_t end);

// `begin` and `end` moved past the ASCII white space at both ends.
void trim(std::string_view text, std::size_t& begin, std::size_t& end);

// True where a cut before the code point at `at` would tear what is seen as one character.
bool joins_previous(std::string_view text, std::size_t at);

}  // namespace freshet::chunk
