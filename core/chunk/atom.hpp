// core/chunk/atom.hpp - a part of a text that stays whole, and how much a chunk takes of them.
#pragma once

#include <cstddef>

#include "core/model/document.hpp"

namespace freshet::chunk {

struct Limits {
  std::size_t chunk;    // units of the Measure; above 0
  std::size_t overlap;  // the same; below chunk
};

struct Atom {
  std::size_t begin = 0, end = 0;
  bool fresh = false;   // first part of something too long for one chunk: better begun in a new one
  bool sealed = false;  // a piece of a table: neither joined to others nor overlapped with them
  model::Span header;   // sealed: the table's header, where the piece does not begin with it
};

}  // namespace freshet::chunk
