// core/chunk/atoms.hpp - cuts the text of one section into the smallest parts that stay whole.
//
// An atom is a paragraph, a table or a code block that fits a chunk; what does not fit is replaced
// by its own parts: a paragraph by sentences, then lines, then words, then parts of words; a code
// block by what stands between its blank lines, then lines; a table by pieces that are chunks
// already.
#pragma once

#include <string_view>
#include <vector>

#include "core/chunk/atom.hpp"
#include "core/chunk/measure.hpp"

namespace freshet::chunk {

// A code block. A piece that begins or ends within it is closed and opened again.
struct Fence {
  std::size_t begin = 0, end = 0;
  model::Span opening;     // its first line
  std::string_view close;  // the marks of its opening; empty where they are not to be repeated
};

// The code block that `at` is within, or null.
const Fence* fence_at(const std::vector<Fence>& fences, std::size_t at);

struct Atoms {
  std::vector<Atom> parts;    // in order; between them stands white space at most
  std::vector<Fence> fences;  // the code blocks, in order
};

// `title_end`: where the section's title line ends; `begin` where it has none.
Atoms atoms_of(const Measure& text, std::size_t begin, std::size_t title_end, std::size_t end,
               const Limits& limits);

}  // namespace freshet::chunk
