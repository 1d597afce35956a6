// core/refresh/verify.hpp - compares what a store holds with what it should hold, and repairs it.
#pragma once

#include "core/refresh/engine.hpp"

namespace freshet::refresh {

struct VerifyReport {
  std::uint64_t expected = 0, stored = 0;
  std::uint64_t missing = 0;     // in the repository, not in the store
  std::uint64_t stale = 0;       // in both, with another digest
  std::uint64_t orphans = 0;     // in the store only
  std::uint64_t pending = 0;     // not delivered yet: neither missing nor wrong
  std::vector<std::string> ids;  // the first 100 that are missing, stale or orphans: "missing <id>"
  bool in_step() const { return missing + stale + orphans == 0; }
};

base::Result<VerifyReport> verify(const Context& context, const base::Cancel& cancel);

// Verifies, puts what is wrong into the delivery queue, and delivers.
base::Result<VerifyReport> repair(const Context& context, const base::Cancel& cancel);

// Empties the namespace in the store; the next run fills it again from the repository. Waits for the
// run that delivers now, if there is one: it empties the namespace itself.
base::Status reset(const Context& context, const base::Cancel& cancel);

}  // namespace freshet::refresh
