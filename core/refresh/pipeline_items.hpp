// core/refresh/pipeline_items.hpp - what goes from stage to stage.
#pragma once

#include "core/refresh/pipeline.hpp"

namespace freshet::refresh {

struct Pipeline::Page {
  Item item;
  ports::Fetched fetched;
  base::Digest bytes_digest;
  std::string words;
};

struct Pipeline::Commit {
  Item item;
  std::string alias;  // the entry's URI, where the content is named otherwise
  Item alias_item;    // its root
  int attempts = 1;
  std::string version, words;
  base::Digest bytes_digest, content_digest;
  model::Document document;
  std::vector<model::Chunk> chunks;
  NewVectors vectors;
  repository::DocumentDiff diff;
};

}  // namespace freshet::refresh
