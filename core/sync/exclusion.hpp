// core/sync/exclusion.hpp - what is to stay out has its outcome before anything is asked of it.
#pragma once

#include <vector>

#include "core/sync/state.hpp"

namespace freshet::sync {

// Takes out of `entries` what is excluded, and tells it: once, however often a listing names it.
base::Status leave_out_excluded(const Run& run, OpenSource& source,
                                std::vector<ports::Entry>& entries);

}  // namespace freshet::sync
