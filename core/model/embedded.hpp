// core/model/embedded.hpp - what an embedder is given of a chunk.
#pragma once

#include <string>
#include <string_view>

#include "core/model/chunk.hpp"

namespace freshet::model {

// The text behind the titles that text search finds it by, too: its document's and those of its
// sections. A title that the one above it, or the text, begins with is not said twice, and what transformers wrote is given
// as it is.
std::string with_titles(const Chunk& chunk, std::string_view title);

}  // namespace freshet::model
