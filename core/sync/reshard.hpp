// core/sync/reshard.hpp - another number of shards: what some directories have goes to others, by the
// ids of roots, without a page being read or a text embedded.
//
//   new directories filled → old ones left → new ones opened
//
// Each arrow is safe to be ended in: the same call goes on from there. Up to the first the old
// directories are as they were, and may be run; from the second on nobody writes to them any more, and
// what they had stays in them for whoever wants to delete it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/ports/catalog.hpp"
#include "core/repository/repository.hpp"

namespace freshet::sync {

struct ReshardRequest {
  std::vector<std::string> from;  // all shards of one count, in any order; or one whole repository
  std::vector<std::string> to;    // shard 0, shard 1, and so on: empty or missing directories
  repository::OpenOptions open;
};

struct ReshardReport {
  std::uint64_t roots = 0, documents = 0, chunks = 0, pending = 0;  // in the new directories
  // Other names of pages that fell to another shard than the page: read by themselves in the next run.
  std::uint64_t parted = 0;
  // Namespaces whose shards have each a store of their own, or one that serves one repository: the
  // next run of each new shard fills its own.
  std::vector<std::string> to_fill;
};

// Fails with busy where a run works on one of the directories, or was at work while they were read.
base::Result<ReshardReport> reshard(const ReshardRequest& request, ports::Catalog& catalog,
                                    const base::Cancel& cancel = {},
                                    const ports::Machine& machine = {});

}  // namespace freshet::sync
