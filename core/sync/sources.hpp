// core/sync/sources.hpp - the sources that a configuration names, opened, with what the
// repository knows of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/sync/state.hpp"
#include "core/sync/use.hpp"

namespace freshet::sync {

// A source as a configuration names it: nothing of it is opened.
struct DescribedSource {
  const SourceConfig* config = nullptr;
  std::string name;
  base::Digest id;
};
base::Result<std::vector<DescribedSource>> describe_sources(const Offer& offer,
                                                            const RunConfig& config);

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
// All of them, without their loaders: for whoever asks what a run would do and does nothing.
base::Result<std::vector<std::unique_ptr<OpenSource>>> look_at_sources(const Context& context,
                                                                       const RunConfig& config,
                                                                       const base::Digest& recipe);

// All that the source had to say was gathered within its `cache`, by a run that was configured as this
// one. What a clock that was ahead left behind is no proof of it.
bool is_cached(const RunConfig& config, const OpenSource& source, base::Instant now);

// After a clock that was ahead no listing stands, not even in a plan, which changes nothing.
base::Status settle_clock(const Context& context, bool dry_run,
                          std::vector<std::unique_ptr<OpenSource>>& sources);

// All that can be said against the sources of a configuration before any code of a plugin runs.
std::vector<base::Error> check_sources(const Offer& offer, const RunConfig& config);

}  // namespace freshet::sync
