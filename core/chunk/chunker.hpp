// core/chunk/chunker.hpp - turns a document into the chunks that are embedded and retrieved.
//
// A pure function: the same document, options and tokens give the same chunks on every machine. Each
// chunk's urtext is the slice of the document's text (model::text_of) at its span, trimmed; only
// where a table goes on in another chunk is its header put in front of the slice. docs/chunking.md
// tells the rules and their reasons.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/model/chunk.hpp"

namespace freshet::base {
class ObjectReader;
}

namespace freshet::chunk {

enum class Unit { code_points, tokens };

enum class Grouping {
  section,  // a heading is a hard boundary, so an edit moves the chunks of no other section
  greedy,   // neighbouring sections share a chunk while they fit: fewer chunks, which edits move
};

struct ChunkerOptions {
  std::int64_t max_chunk_size = 1500;       // above 0
  std::int64_t overlap_size = 200;          // from 0, below max_chunk_size
  std::int64_t embedding_batch_size = 100;  // above 0; texts a request to the embedder
  Unit unit = Unit::code_points;            // what sizes count
  Grouping grouping = Grouping::section;
};

// Fails with invalid_argument, naming the option at fault.
base::Status check(const ChunkerOptions& options, const std::string& path);

// {"max_chunk_size":1500,"overlap_size":200,"embedding_batch_size":100,"unit":"code_points",
// "grouping":"section"}; every key may be left out.
base::Result<ChunkerOptions> parse_options(const nlohmann::json& value, const std::string& path);

// The same keys, of an object that has others, too. What is read has to be checked.
void read_options(base::ObjectReader& reader, ChunkerOptions& options);

// Changes whenever the same document would be chunked differently. The batch size is no part of it.
// `tokenizer` is the fingerprint of what counts tokens, `transformers` that of what comes after; each ""
// for none.
std::string fingerprint(const ChunkerOptions& options, std::string_view tokenizer = {},
                        std::string_view transformers = {});

// How much of a text the overlap of its chunks can repeat, as a part of it.
double most_repeated(const ChunkerOptions& options);

// The chunks of a document that model::finish() has completed, in document order; none where it has
// no text. `options` must be good (see check()). Where its unit is tokens, `token_ends` says where
// each token of the text ends. Ids are left unset: the text may yet be transformed.
std::vector<model::Chunk> chunk(const model::Document& document, const ChunkerOptions& options,
                                const std::vector<std::size_t>* token_ends = nullptr);

}  // namespace freshet::chunk
