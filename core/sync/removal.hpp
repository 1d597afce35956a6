// core/sync/removal.hpp - law 6: a root goes only when its source says so.
//
// Called when all else of the run is committed. Removes the members that a complete listing did not
// name, and the roots whose source said that they are gone; or holds all of them, where they are
// more than may go in one run without the operator's word.
#pragma once

#include "core/sync/state.hpp"

namespace freshet::sync {

base::Status settle(const Run& run, OpenSource& source);

}  // namespace freshet::sync
