// core/chunk/piece.hpp - what one chunk takes of a section's text.
#pragma once

#include <string_view>

#include "core/model/document.hpp"

namespace freshet::chunk {

struct Piece {
  model::Span span;
  model::Span header;  // of the table that the span begins in the middle of; else empty
  // Where it begins or ends within a code block: that block's first line, and what closes it.
  model::Span fence;
  std::string_view close;
};

}  // namespace freshet::chunk
