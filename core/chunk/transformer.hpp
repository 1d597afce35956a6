// core/chunk/transformer.hpp - runs transformers on the chunks of documents, after they were cut.
//
// A text may grow beyond max_chunk_size; the text before all transformers is kept as urtext. The
// number of chunks stays, and what they hold together stays in proportion to the document's text.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/ports/transformer.hpp"

namespace freshet::chunk {

using TransformerPtr = std::shared_ptr<const ports::Transformer>;

// Puts the lines "# Title:", "# URI:" and "# Section:" in front of the text, each where it is
// known.
TransformerPtr add_titles();

// The chunks of a document, which are borrowed, on their way to be stored.
struct Draft {
  const model::Document* document;
  std::vector<model::Chunk>* chunks;
  base::Status status = {};  // why they cannot be transformed; then they are as good as none
  std::size_t metadata = 0;  // bytes of it that transformers added
};

// Requests carry the chunks of several drafts. Where one fails, each of its drafts is tried alone, so
// that only the document at fault fails.
void transform(const ports::Transformer& transformer, std::span<Draft> drafts,
               const base::Cancel& cancel);

}  // namespace freshet::chunk
