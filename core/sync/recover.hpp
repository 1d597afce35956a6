// core/sync/recover.hpp - a store that was lost or is damaged: everything is sent to it again.
//
// A store is a copy. The repository holds all that is in it, vectors included, so nothing is read
// or embedded for that.
#pragma once

#include "core/ports/store.hpp"
#include "core/sync/context.hpp"

namespace freshet::sync {

// Begins a generation in the place of the last: the next delivery empties it and sends everything.
base::Status send_everything_again(repository::Repository& repository,
                                   repository::TargetNumber number);

// The same where rows were delivered, and the store does not know the namespace any more; of a
// generation that fills, in its own room.
base::Status send_again_if_lost(const Context& context, ports::Store& store,
                                repository::TargetNumber number, const base::Cancel& cancel);

// Has the place of `target`'s store emptied, because it is damaged. All targets of all namespaces of
// this repository that are kept there are sent again. Returns where the store keeps what was there, or
// "". No store may be open on the place.
base::Result<std::string> recover_place(const Context& context, const repository::Target& target);

}  // namespace freshet::sync
