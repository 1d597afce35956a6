// core/sync/fingerprint.hpp - documents that were made by another reader or chunker than a run's.
#pragma once

#include <memory>
#include <vector>

#include "core/sync/state.hpp"

namespace freshet::sync {

struct OtherFingerprints {
  std::uint64_t all = 0;
  std::uint64_t failed =
      0;  // of these, whose last fetch failed: they may stay as they are for long

  std::uint64_t to_read() const { return all - failed; }
};

// Of the members of `sources`. Looks at each.
base::Result<OtherFingerprints> count_other_fingerprints(
    const Context& context, const std::vector<std::unique_ptr<OpenSource>>& sources,
    const Readers& readers, const Chunking& chunking);

// What such a run is told where it is not to go on.
base::Status refuse_other_fingerprints(const Context& context, const OtherFingerprints& others);

}  // namespace freshet::sync
