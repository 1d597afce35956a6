// core/service/plan.hpp - what a configuration asks a service to do.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/service/agenda.hpp"
#include "core/service/session.hpp"
#include "core/sync/config.hpp"
#include "core/sync/sources.hpp"

namespace freshet::service {

struct Plan {
  sync::RunConfig config;
  std::vector<sync::NamedSource> sources;  // in the order of the configuration's
  std::vector<Duty> duties;                // one each
  // What is noticed of each by itself: absolute paths, none where it is not to be watched.
  std::vector<std::vector<std::string>> folders;
  AgendaOptions options;
};

// Checks all that a run would, and that each source says when it is to be listed: by "schedule", by
// "list_every", or by a policy that has a TTL.
base::Result<std::shared_ptr<const Plan>> make_plan(const Session& session,
                                                    const base::Json& config, std::uint64_t seed,
                                                    const base::Cancel& cancel);

// The configuration of one run of one source, or of the delivery alone.
sync::RunConfig run_config(const Plan& plan, const Start& start);

}  // namespace freshet::service
