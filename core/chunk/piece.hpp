// core/chunk/piece.hpp - what one chunk takes of a section's text.
#pragma once

#include "core/model/document.hpp"

namespace freshet::chunk {

struct Piece {
  model::Span span;
  model::Span header;  // of the table that the span begins in the middle of; else empty
};

}  // namespace freshet::chunk
