// core/conformance/registered.hpp - checks a plugin that is registered in code: there is no other
// process that it could run in.
#pragma once

#include "core/host/check.hpp"
#include "core/host/registry.hpp"

namespace freshet::conformance {

// Every case of everything that it offers, one after the other on the calling thread. What crashes
// or does not end does so here: CheckOptions::limit cannot be kept. Code::cancelled between cases.
base::Result<host::Report> check_registered(const host::RegisteredPtr& plugin,
                                            const host::CheckOptions& options);

}  // namespace freshet::conformance
