// core/sync/targets.hpp - which targets a run delivers to: opens the stores and the embedders of a
// namespace, and sees to it that they are the ones its rows were made with.
//
// What a run asks for is held against what is recorded. Where both are the same target it is opened.
// Another store or model in a target's stead is a change, and answered as configured: refused; taken in
// its place by a rebuild; or as a target of its own, which fills while the one of before is searched
// and kept in step, and takes its place when it is full.
#pragma once

#include <vector>

#include "core/sync/target.hpp"

namespace freshet::sync {

struct OpenTargets {
  std::vector<OpenTarget> open;     // at least one; the first is what the run asks for first
  std::vector<base::Error> failed;  // why others are not delivered to in this run
  bool new_recipe = false;  // documents are still to be made by this run's readers and chunker
};

// The stores and embedders that `config` asks for, or those used before, or "sqlite" and none. What is
// recorded and not asked for any more is retired. Another store or model than before is refused,
// unless config.rebuild or config.on_change says otherwise. Fails where none can be opened. `new_recipe`:
// documents are to be made anew, and their rows to fill beside the old ones.
base::Result<OpenTargets> open_targets(const Context& context, const RunConfig& config,
                                       bool new_recipe, const base::Cancel& cancel);

// What `config` asks for: each store with its embedder, of whose model nothing but the mark of titles is
// known. Opens nothing.
base::Result<std::vector<repository::Target>> wanted_targets(const Context& context,
                                                             const RunConfig& config);

}  // namespace freshet::sync
