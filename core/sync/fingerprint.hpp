// core/sync/fingerprint.hpp - documents that were made by another reader or chunker than a run's.
#pragma once

#include <memory>
#include <vector>

#include "core/sync/state.hpp"

namespace freshet::sync {

// Fails with held where there are any among the members of `sources`. Looks at each of these.
base::Status refuse_other_fingerprints(const Context& context,
                                       const std::vector<std::unique_ptr<OpenSource>>& sources,
                                       const Readers& readers, const Chunking& chunking);

}  // namespace freshet::sync
