// core/chunk/pages.hpp - which pages of a document that has pages a chunk stands on.
#pragma once

#include <vector>

#include "core/chunk/places.hpp"
#include "core/model/chunk.hpp"

namespace freshet::chunk {

class Pages {
 public:
  explicit Pages(const Places& places);

  // Puts "page" and "page_end", the first and the last page of its span, into the metadata of a chunk. Nothing
  // where the document has no pages.
  void describe(model::Chunk& chunk) const;

 private:
  std::vector<model::PageMark> marks_;  // of the document's text, in order
};

}  // namespace freshet::chunk
