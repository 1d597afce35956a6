// core/repository/leases.hpp - one refresher a root, over threads and processes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

// A lease that has longer to run was given by a clock that was ahead, and holds nobody up.
inline constexpr base::Millis longest_lease{120'000};

struct Lease {
  Digest root;
  std::uint64_t fence = 0;
};

// What a commit of one root must still hold; a commit whose lease was lost fails with Code::busy.
struct Holder {
  Digest owner;  // of the run
  std::uint64_t fence = 0;
};

// Somebody's lease, as others see it.
struct HeldLease {
  std::uint64_t fence = 0;
  std::int64_t pid = 0;  // as its own namespace of processes has it
  base::Millis left{0};
};

class ReadsLeases : public Part {
 public:
  using Part::Part;

  // Nothing where none is held, or only by somebody who is no more.
  base::Result<std::optional<HeldLease>> lease(const Digest& root) const;
};

class WritesLeases : public Part {
 public:
  using Part::Part;

  struct Grant {
    std::uint64_t fence = 0;     // 0: there is none
    bool done_by_other = false;  // asked for since: not due any more
  };
  // A lease for each root that nobody alive holds and that was not asked for, well or in vain, at
  // or after `unless_asked`, nor since somebody looked and found that it was last asked for at the time
  // in `seen` (one each, or none at all; unset: never). What another run commits bears the time at
  // which it was handed to the writer, which may be before this run began. It lasts for `duration`, at
  // most longest_lease.
  base::Result<std::vector<Grant>> lease(std::span<const Digest> roots, const Digest& owner,
                                         base::Millis duration, Instant unless_asked,
                                         std::span<const Instant> seen = {});
  base::Status renew(std::span<const Lease> leases, const Digest& owner, base::Millis duration);
  base::Status release(std::span<const Lease> leases, const Digest& owner);
  // Fails with busy unless the lease is still held under this fence.
  base::Status require(const Lease& lease, const Digest& owner);
  // Fences given from here on are larger than `fence`.
  base::Status raise_fence(std::uint64_t fence);
};

}  // namespace freshet::repository
