// core/sync/engine.hpp - one run: list, decide, fetch, read, chunk, commit, deliver.
//
//   list ─entries→ decide ─due→ fetch ─bytes→ read and chunk ─→ embed ─→ commit ─→ deliver
//
// Stages are joined by bounded queues, so memory does not grow with the source. The laws of
// docs/laws.md hold at every instant, also if the process is killed.
#pragma once

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/sync/activity.hpp"
#include "core/sync/config.hpp"
#include "core/sync/context.hpp"
#include "core/sync/event.hpp"
#include "core/sync/report.hpp"

namespace freshet::sync {

// Blocks until the run has ended, which the caller knows and the events do not say. An error means
// that nothing could be done (a wrong configuration, a damaged repository); what went wrong with
// single roots or sources is in the report. `activities`: for whoever traces it.
base::Result<Report> run(const Context& context, const RunConfig& config, const EventSink& events,
                         const base::Cancel& cancel, const ActivitySink& activities = {});

}  // namespace freshet::sync
