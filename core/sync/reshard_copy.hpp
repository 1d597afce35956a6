// core/sync/reshard_copy.hpp - one namespace of a directory, brought to the directories it is parted
// into. Doing it again brings the same.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/repository/repository.hpp"
#include "core/sync/shard.hpp"

namespace freshet::sync {

using RepositoryPtr = std::shared_ptr<repository::Repository>;

// One namespace, in all directories that have it.
struct MovedSpace {
  std::string name;
  std::vector<RepositoryPtr> from;  // by their places; null: that directory does not have it
  std::vector<RepositoryPtr> to;    // by their indexes
  std::vector<Shard> shards;        // of `from`
  std::vector<repository::KnownTarget> targets;  // that the rows stay delivered to; none: none do
  std::vector<std::string> models;               // of whatever they are embedded by
};

// What a source says in all of `from`, and what is known of listings; before any root is brought.
base::Status bring_sources(const MovedSpace& space);

// The rest of what the directory at `place` has.
base::Status bring_content(const MovedSpace& space, std::size_t place, const base::Cancel& cancel);

}  // namespace freshet::sync
