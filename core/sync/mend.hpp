// core/sync/mend.hpp - sends again what is wrong in a store, row by row.
#pragma once

#include <optional>
#include <span>

#include "core/sync/fault.hpp"
#include "core/sync/leases.hpp"
#include "core/sync/ledger.hpp"
#include "core/sync/sample.hpp"
#include "core/sync/targets.hpp"

namespace freshet::sync {

struct Wrong {
  Fault fault;
  base::Digest id;
};

// Puts the rows into the delivery queue of `target`. What is right for each is found in the commit:
// since they were compared another run may have changed the chunk, or have begun to send everything again.
base::Status send_again(const Context& context, repository::TargetNumber target,
                        std::span<const Wrong> rows);

// What a run looks at at its end, by what it did: where it changed nothing, few rows, for else they
// would be the most of its cost. `share`: as configured, then all of it.
Portion portion_of(const Counts& counts, std::optional<double> share);

// The end of a run: asks each store for a portion of the rows, counts in the ledger what it found, and
// delivers again what was wrong. A share of 0: asks for none.
void mend_sample(const Context& context, const OpenTargets& targets, const Portion& portion,
                 Leases& leases, Ledger& ledger, const base::Cancel& cancel);

}  // namespace freshet::sync
