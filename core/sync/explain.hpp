// core/sync/explain.hpp - why a root is as it is: what was done with it, what its policy says, and by
// what, and what comes next.
//
// With a configuration the policies are asked as a run would ask them now. Nothing is listed, fetched
// or changed.
#pragma once

#include <string>

#include "core/base/cancel.hpp"
#include "core/base/json.hpp"
#include "core/sync/config.hpp"
#include "core/sync/context.hpp"

namespace freshet::sync {

// `config` may be null: then what is recorded is told. The form is in include/freshet/explain.h. Fails
// with not_found where nothing at all is known of the URI.
base::Result<Json> explain(const Context& context, const RunConfig* config, const std::string& uri,
                           const base::Cancel& cancel);

}  // namespace freshet::sync
