// core/sync/deliver_rows.hpp - what a delivery has in hand: rows on their way to the store.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/model/chunk.hpp"
#include "core/repository/repository.hpp"
#include "core/sync/vectors.hpp"

namespace freshet::sync {

// One delivery, with what it takes to make it.
struct DeliveryRow {
  repository::Delivery delivery;
  repository::StoredChunk chunk;  // upserts
  std::string id, digest, path, metadata;
  const std::string* uri = nullptr;  // of its root
  const std::string* title = nullptr;
  std::vector<float> vector;
  bool confirmed = false;
};

struct DeliveryBatch {
  std::vector<DeliveryRow> upserts, removals;
  std::vector<repository::Delivery> moot;
  std::map<base::Digest, std::pair<std::string, std::string>> roots;  // id to URI and title
  NewVectors new_vectors;
};

// What the ids of one root's chunks have in common.
inline base::Digest root_part(const base::Digest& chunk) { return model::of_root(chunk, {}); }

}  // namespace freshet::sync
