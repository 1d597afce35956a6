// core/sync/fault.hpp - what may be wrong with a row in a store.
#pragma once

#include <functional>

#include "core/base/digest.hpp"
#include "core/base/error.hpp"

namespace freshet::sync {

enum class Fault {
  missing,  // in the repository, not in the store
  stale,    // in both, with another digest
  orphan,   // in the store only
  damaged,  // with the right digest, and another content
  twice     // listed more than once
};

using OnFault = std::function<base::Status(Fault, const base::Digest&)>;

}  // namespace freshet::sync
