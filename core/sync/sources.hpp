// core/sync/sources.hpp - the sources that a configuration names, opened, with what the
// repository knows of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/sync/state.hpp"
#include "core/sync/use.hpp"

namespace freshet::sync {

// Those that the run is to look at. `recipe` is of the reader and the chunking.
base::Result<std::vector<std::unique_ptr<OpenSource>>> open_sources(const Context& context,
                                                                    const RunConfig& config,
                                                                    const base::Digest& recipe,
                                                                    const base::Cancel& cancel);

// A source of a configuration, as the repository knows it or will.
struct NamedSource {
  std::string name;  // as "only" takes it
  base::Digest id;
  base::Digest config;  // of all that shapes its listing and its documents
};
// In the order of the configuration. Opens what reads and chunks, and no loader.
base::Result<std::vector<NamedSource>> name_sources(const Context& context, const RunConfig& config,
                                                    const base::Cancel& cancel);

// After a clock that was ahead no listing stands, not even in a plan, which changes nothing.
base::Status settle_clock(const Context& context, bool dry_run,
                          std::vector<std::unique_ptr<OpenSource>>& sources);

// All that can be said against the sources of a configuration before any code of a plugin runs.
std::vector<base::Error> check_sources(const Offer& offer, const RunConfig& config);

}  // namespace freshet::sync
