// core/sync/reshard_targets.hpp - whether the rows of a namespace may stay where its shards sent them.
#pragma once

#include "core/ports/catalog.hpp"
#include "core/sync/reshard_copy.hpp"

namespace freshet::sync {

// Only where all shards deliver to one place, which takes several writers; then space.targets has them.
// Else each new shard fills a store of its own, by its next run. Fails with busy where rows are being
// filled anew. `space.models` has whatever they are embedded by, all the same.
base::Result<bool> keep_targets(MovedSpace& space, ports::Catalog& catalog,
                                const base::Cancel& cancel);

}  // namespace freshet::sync
