// core/sync/target.hpp - opens the store and the embedder of a namespace, and sees to it that
// both are the ones its rows were made with.
#pragma once

#include <memory>

#include "core/sync/config.hpp"
#include "core/sync/context.hpp"

namespace freshet::sync {

struct OpenTarget {
  repository::Target target;
  std::unique_ptr<ports::Store> store;
  std::unique_ptr<ports::Embedder> embedder;  // null: none
};

// The store and embedder that `config` asks for, or those used before, or "sqlite" and none.
// Another store or model than before is refused, unless config.rebuild: then the next generation
// begins, and everything is sent again.
base::Result<OpenTarget> open_target(const Context& context, const RunConfig& config,
                                     const base::Cancel& cancel);

bool same_target(const repository::Target& a, const repository::Target& b);

// The namespace is there, unless a generation is under way: that one is made by who delivers.
base::Status ensure_live(const repository::Repository& repository, const OpenTarget& opened,
                         const base::Cancel& cancel);

// What the repository delivers to now, as it is recorded, and open. Both fail with not_found where
// it never delivered.
base::Result<repository::Target> delivered_target(const Context& context);
base::Result<OpenTarget> reopen_target(const Context& context);

}  // namespace freshet::sync
