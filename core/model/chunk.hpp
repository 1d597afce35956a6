// core/model/chunk.hpp - the unit that is embedded and retrieved.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "core/model/document.hpp"

namespace freshet::model {

// Where a chunk stands in its document. Changes with every edit around it, so it is kept in the
// repository and never sent to a store.
struct Structure {
  std::int32_t chunk_index = 0;      // among the chunks of its leaf (split), else 0
  std::int32_t total_chunks = 1;     // of its leaf (split), else 1
  std::int32_t sequence_number = 0;  // over the whole document, from 0
  std::string root_document_id;
  std::string root_document_title;
  std::string container_section_id, container_section_title, container_section_url;
  std::string leaf_section_id, leaf_section_title, leaf_section_url;  // empty for a combined chunk
};

struct Chunk {
  base::Digest id;        // chunk_id()
  std::string text;       // what is embedded and stored
  std::string urtext;     // before the transformers; empty where it is the same as text
  std::string parent_id;  // the leaf, or for a combined chunk the section that holds its leaves
  Structure structure;
  std::vector<std::string> path;   // the titles from the first section down to its own
  std::string url;                 // the nearest anchor, or the root's URI
  Span span;                       // of the urtext, in the document's text
  Json metadata = Json::object();  // the document's, and what transformers added
};

// The ids that chunks of `root` can have: from `first` to `last`, both among them. Another root may
// share them, so what must be certain is looked up.
struct IdRange {
  base::Digest first, last;
};
IdRange id_range(const base::Digest& root);

// The id of the `ordinal`-th chunk (from 0) with this text in the root named `uri`.
base::Digest chunk_id(std::string_view uri, std::string_view text, std::uint64_t ordinal);

// Sets the ids of a document's chunks, in their order.
void set_ids(std::string_view uri, std::vector<Chunk>& chunks);

// A digest of what a store is given of a chunk: text, URI, title, path, URL, metadata. Two chunks
// of one id and one digest are the same row.
base::Digest record_digest(const Chunk& chunk, std::string_view uri, std::string_view title);

}  // namespace freshet::model
