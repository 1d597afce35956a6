// core/repository/gone_owners.hpp - runs of this process that have ended: whatever leases they left
// behind, for want of memory or of a disk, are free at once. Thread-safe; takes no memory.
#pragma once

#include "core/base/digest.hpp"

namespace freshet::repository {

// The newest few hundred are known; the leases of those before have expired.
void mark_gone(const base::Digest& owner) noexcept;
bool is_gone(const base::Digest& owner) noexcept;

}  // namespace freshet::repository
