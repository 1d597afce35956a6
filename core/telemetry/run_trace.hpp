// core/telemetry/run_trace.hpp - from the events and the report of one run to spans and counters.
//
// Events tell when a root is done and not when it began: its span is the moment. How the run spent its
// time is in the spans of its listings and of the delivery.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/sync/event.hpp"
#include "core/sync/report.hpp"
#include "core/telemetry/exporter.hpp"

namespace freshet::telemetry {

// Thread-safe. Nothing that it does fails or holds up the run.
class RunTrace {
 public:
  // `context`: what the run is a part of, where it is.
  RunTrace(std::shared_ptr<Exporter> exporter, std::optional<TraceContext> context,
           std::string name_space);

  void take(const sync::Event& event) noexcept;
  void ended(const base::Result<sync::Report>& result) noexcept;

 private:
  Span child(const std::string& parent, std::string name, base::Instant began) const;
  Span& source(const std::string& name, base::Instant at);
  void note(const sync::Event& event);
  void root_done(const sync::Event& event);
  void listing_ended(const sync::Event& event);
  void end_all(const base::Result<sync::Report>& result);

  const std::shared_ptr<Exporter> exporter_;
  const bool sampled_;
  const std::string name_space_;
  std::mutex mutex_;
  Span run_;
  std::map<std::string, Span> sources_, listings_;  // by name, not ended yet
  std::optional<Span> delivery_;
};

// Null where there is no exporter.
std::unique_ptr<RunTrace> trace_run(const std::shared_ptr<Exporter>& exporter,
                                    std::optional<TraceContext> context,
                                    const std::string& name_space);

}  // namespace freshet::telemetry
