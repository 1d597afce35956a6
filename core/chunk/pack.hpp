// core/chunk/pack.hpp - packs the atoms of one section into pieces of at most one chunk's size.
#pragma once

#include <vector>

#include "core/chunk/atoms.hpp"
#include "core/chunk/measure.hpp"
#include "core/chunk/piece.hpp"

namespace freshet::chunk {

// As many atoms a piece as fit, in order. A piece begins with the end of the one before, up to
// Limits::overlap, where that leaves room for what is new.
std::vector<Piece> pack(const Measure& measure, const Atoms& atoms, const Limits& limits);

}  // namespace freshet::chunk
