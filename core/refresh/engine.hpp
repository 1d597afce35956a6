// core/refresh/engine.hpp - one run: list, decide, fetch, read, chunk, commit, deliver.
//
//   list ─entries→ decide ─due→ fetch ─bytes→ read and chunk ─→ embed ─→ commit ─→ deliver
//
// Stages are joined by bounded queues, so memory does not grow with the source. The laws of
// docs/laws.md hold at every instant, also if the process is killed.
#pragma once

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/ports/catalog.hpp"
#include "core/ports/http.hpp"
#include "core/refresh/config.hpp"
#include "core/refresh/event.hpp"
#include "core/refresh/report.hpp"
#include "core/repository/repository.hpp"

namespace freshet::refresh {

// What a run works with. All of it is thread-safe and outlives the run.
struct Context {
  repository::Repository& repository;
  ports::Catalog& catalog;
  ports::Http& http;
};

// Blocks until the run has ended, which the caller knows and the events do not say. An error means
// that nothing could be done (a wrong configuration, a damaged repository); what went wrong with
// single roots or sources is in the report.
base::Result<Report> run(const Context& context, const RunConfig& config, const EventSink& events,
                         const base::Cancel& cancel);

}  // namespace freshet::refresh
