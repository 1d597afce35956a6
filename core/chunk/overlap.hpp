// core/chunk/overlap.hpp - where the repeated end of a piece begins.
#pragma once

#include <vector>

#include "core/chunk/atoms.hpp"
#include "core/chunk/measure.hpp"
#include "core/chunk/piece.hpp"

namespace freshet::chunk {

// The overlap with `piece` for the one after it: at most `most` units from a sentence, else
// from a word; inside a table whole rows, with the table's header; inside a code block whole lines.
// Its span is empty where there is none.
Piece overlap_with(const Measure& measure, const Piece& piece, const std::vector<Fence>& fences,
                   std::size_t most);

}  // namespace freshet::chunk
