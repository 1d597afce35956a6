// core/telemetry/run_trace.hpp - from the events and the report of one run to spans and counters.
//
// Events tell when a root is done; its span begins with what the run did first for it, and is a moment
// where that was nothing. What it spent its time on comes as activities.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/sync/activity.hpp"
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
  void take(const sync::Activity& activity) noexcept;
  bool sampled() const { return sampled_; }
  void ended(const base::Result<sync::Report>& result) noexcept;

 private:
  Span child(const std::string& parent, std::string name, base::Instant began) const;
  Span& source(const std::string& name, base::Instant at);
  void note(const sync::Event& event);
  void note(const sync::Activity& activity);
  Span piece(const std::string& parent, const char* name, const sync::Activity& activity) const;
  void fetched(const sync::Activity& activity);
  void embedded(const sync::Activity& activity);
  void delivered(const sync::Activity& activity);
  Span& delivery(base::Instant began, base::Instant ended);
  void root_done(const sync::Event& event);
  void listing_ended(const sync::Event& event);
  void end_all(const base::Result<sync::Report>& result);

  const std::shared_ptr<Exporter> exporter_;
  const bool sampled_;
  const std::string name_space_;
  std::mutex mutex_;
  Span run_;
  std::map<std::string, Span> sources_, listings_;             // by name, not ended yet
  std::map<std::pair<std::string, std::string>, Span> roots_;  // by source and URI, not done yet
  std::optional<Span> delivery_;
};

// Null where there is no exporter.
std::unique_ptr<RunTrace> trace_run(const std::shared_ptr<Exporter>& exporter,
                                    std::optional<TraceContext> context,
                                    const std::string& name_space);

// What a run is given beside it; empty where nobody traces.
sync::ActivitySink activities_of(RunTrace* trace);

}  // namespace freshet::telemetry
