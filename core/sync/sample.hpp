// core/sync/sample.hpp - looks at some of the rows of a store, drawn by chance.
//
// What changes behind freshet's back is found in time, without listing the store: one row in a hundred
// a run. Rows that should not be there are not found this way.
#pragma once

#include <unordered_set>

#include "core/sync/context.hpp"
#include "core/sync/fault.hpp"
#include "core/sync/target.hpp"

namespace freshet::sync {

inline constexpr std::uint64_t most_sampled = 1000;  // rows of one target, however large the share

// What a run is to look at.
struct Portion {
  double share = 0.01;                // of the rows, at least one
  std::uint64_t most = most_sampled;  // rows, where they are sought
};

struct Looked {
  std::uint64_t rows = 0;     // that the store should have
  std::uint64_t checked = 0;  // of these
};

// Asks the store for each row with the probability `share`, from 0 to 1, at least for one; what is
// missing, stale or damaged is told to `on_fault`. Rows that are pending are not asked for.
// It walks all that was delivered to draw from it.
base::Result<Looked> look_at_sample(const Context& context, const OpenTarget& target, double share,
                                    const base::Cancel& cancel, const OnFault& on_fault);

// The same for a run: rows are found by seeking where chance points, so that it costs what is looked at
// and not what there is. Each root is about as likely as another, and each chunk of it. A share so large
// that seeking would cost more than walking is drawn as above: a share of 1 looks at every row.
base::Result<Looked> look_at_some(const Context& context, const OpenTarget& target,
                                  const Portion& portion, const base::Cancel& cancel,
                                  const OnFault& on_fault);

// Chunks with a delivery row are on their way: the store may hold them or not.
base::Result<std::unordered_set<base::Digest>> pending_chunks(const repository::Snapshot& snapshot,
                                                              repository::TargetNumber number);

}  // namespace freshet::sync
