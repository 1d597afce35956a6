// core/sync/pipeline_items.hpp - what goes from stage to stage.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/sync/state.hpp"
#include "core/sync/vectors.hpp"
#include "core/sync/volatile.hpp"

namespace freshet::sync {

// Fetched, not yet read.
struct Page {
  Item item;
  ports::Fetched fetched;
  base::Digest bytes_digest;
  std::string words;
  bool refused = false;  // for good, by its reader or the chunker
};

// Read and chunked, not yet committed.
struct Commit {
  Item item;
  std::string alias;  // the entry's URI, where the content is named otherwise
  Item alias_item;    // its root
  Attempts attempts = 1;
  std::string version, words;
  base::Digest bytes_digest, content_digest;
  model::Document document;
  std::vector<model::Chunk> chunks;
  NewVectors vectors;
  std::optional<VolatilePlaces> places;  // that change at each load, where it was looked for them
  repository::DocumentDiff diff;
};
using CommitPtr = std::shared_ptr<Commit>;

}  // namespace freshet::sync
