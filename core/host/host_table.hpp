// core/host/host_table.hpp - the freshet_host that an instance is given.
#pragma once

#include <memory>

#include "core/host/call.hpp"

namespace freshet::host {

// The host of an instance that is made for `caller`, which outlives it.
std::unique_ptr<const freshet_host> make_host(const Caller& caller);

}  // namespace freshet::host
