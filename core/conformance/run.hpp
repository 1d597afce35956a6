// core/conformance/run.hpp - runs one case in this process.
//
// What the plugin does, it does to this process: only freshet-check-plugin calls it, once.
#pragma once

#include <vector>

#include "core/host/check_wire.hpp"

namespace freshet::conformance {

std::vector<host::Case> all_cases();

host::Finding run_case(const host::CheckRequest& request);

}  // namespace freshet::conformance
