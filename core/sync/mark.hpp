// core/sync/mark.hpp - records what the policies said of a batch of entries.
#pragma once

#include <vector>

#include "core/sync/decide.hpp"
#include "core/sync/state.hpp"

namespace freshet::sync {

struct Marked {
  std::vector<bool>
      seen_before;             // this listing named it before: for each of those that were judged
  std::uint64_t together = 0;  // were named for the first time, and found as they were
};

// What a batch of a listing brings: marks in the roll, and in one commit, where there is anything to write,
// new members, confirmations by version, times to ask again, failures of policies.
base::Result<Marked> mark_listed(const Run& run, OpenSource& source, const Listed& listed);

// The same for roots of the due index: they were seen before.
base::Status mark_due(const Run& run, const std::vector<Judged>& judged);

}  // namespace freshet::sync
