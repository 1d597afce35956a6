// core/sync/volatile_root.hpp - what was learnt of a root's volatile places, in and out of the
// repository.
#pragma once

#include <optional>

#include "core/repository/repository.hpp"
#include "core/sync/volatile.hpp"

namespace freshet::sync {

// How what was read differs from what is stored under `root`. Nothing: no document is.
base::Result<std::optional<Look>> look_again(const repository::Repository& repository,
                                             const base::Digest& root, const std::string& uri,
                                             const model::Document& read);

// In the commit that says what became of the root.
base::Status remember(repository::Writer& writer, const base::Digest& root,
                      const VolatilePlaces& places);
// The same where it was found as it was without being looked at.
base::Status remember_rest(repository::Writer& writer, const base::Digest& root);

}  // namespace freshet::sync
