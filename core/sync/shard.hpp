// core/sync/shard.hpp - the part of all roots that a run keeps, where several repositories share them.
//
// A root belongs to the shard that its id says, whatever source names it. The sources are listed as
// they are; a shard takes what is its own out of the listing, and the rest of the engine knows of no
// other root.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/digest.hpp"
#include "core/base/json.hpp"
#include "core/ports/loader.hpp"
#include "core/repository/repository.hpp"

namespace freshet::sync {

struct Shard : repository::ShardMark {
  bool is_all() const { return count == 1; }
  bool has(const base::Digest& root) const { return index_of(root, count) == index; }
  // Of a root, or of a chunk, whose id begins as its root's.
  static std::uint32_t index_of(const base::Digest& id, std::uint32_t count);
  std::string text() const;  // "0/4"
};

// {"index":0,"count":4}
base::Result<Shard> parse_shard(const base::Json& json, const std::string& path);

// How many entries a listing had before a shard took its own.
using WholeCount = std::shared_ptr<std::atomic<std::uint64_t>>;

// A loader that lists of `loader` what is the shard's.
std::unique_ptr<ports::Loader> take_shard(std::unique_ptr<ports::Loader> loader, const Shard& shard,
                                          WholeCount whole);

// Fails where the repository was filled as another shard. Records the shard, but in a dry run.
base::Status settle_shard(repository::Repository& repository, const Shard& shard, bool dry_run);

// Fails where the repository is one of several shards: what is about to be done would take the rows
// of the others, too. `what` begins the sentence: "a reset".
base::Status refuse_to_empty(const repository::Repository& repository, const std::string& what);

}  // namespace freshet::sync
