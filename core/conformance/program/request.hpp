// core/conformance/program/request.hpp - one case of a plugin in a file, in a process made for it.
//
// Only freshet-check-plugin calls it, once: the state of the whole process is compared.
#pragma once

#include "core/host/check_wire.hpp"

namespace freshet::conformance {

host::Finding run_request(const host::CheckRequest& request);

}  // namespace freshet::conformance
