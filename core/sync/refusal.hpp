// core/sync/refusal.hpp - memory of what was refused for good: the same bytes, read in the same way, are
// refused again, and so are not tried again. A forced run tries.
#pragma once

#include <optional>

#include "core/sync/state.hpp"

namespace freshet::sync {

// True where trying the same again cannot end otherwise: not after a timeout, for want of memory, or where
// a plugin broke its contract.
bool is_for_good(base::Code code);

// The refusal of `root` that holds for this run.
base::Result<std::optional<repository::Refusal>> find_refusal(const Run& run,
                                                              const repository::Snapshot& snapshot,
                                                              const base::Digest& root);

// Of these bytes of `item`, which came with `version`. `model`: of the embedder that refused, or empty.
repository::Refusal refusal_of(const Run& run, const Item& item, const base::Digest& bytes_digest,
                               const std::string& version, const std::string& model,
                               const base::Error& error);

// What is told of it when it is met again.
base::Error error_of(const repository::Refusal& refusal);

}  // namespace freshet::sync
