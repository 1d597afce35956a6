// core/sync/target_place.hpp - where a target keeps its rows, by its options complete with defaults.
#pragma once

#include "core/base/json.hpp"
#include "core/sync/context.hpp"

namespace freshet::sync {

base::Result<base::Json> store_options(const Context& context, const repository::Target& target);
base::Result<base::Json> embedder_options(const Context& context, const repository::Target& target);

// True where `b` keeps its rows where `a` does.
base::Result<bool> same_place(const Context& context, const repository::Target& a,
                              const repository::Target& b);

}  // namespace freshet::sync
