// core/service/run.hpp - a run that others watch while it goes on: its events, its counts so far, its end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/cancel.hpp"
#include "core/service/event_queue.hpp"
#include "core/service/session.hpp"
#include "core/service/waits.hpp"
#include "core/sync/engine.hpp"
#include "core/telemetry/run_trace.hpp"

namespace freshet::service {

// Thread-safe. One thread works; it, or the one that hands out the events, says when all is over.
class Run {
 public:
  // `stopped_by` says why it was stopped, where it was: cancelled or timeout.
  // `context`: the trace that it is a part of, where it is.
  Run(std::shared_ptr<Session> session, sync::RunConfig config, base::Cancel cancel,
      std::function<base::Code()> stopped_by,
      std::optional<telemetry::TraceContext> context = std::nullopt);

  void work() noexcept;  // the run itself, on the calling thread
  void end();            // waiting ends

  std::uint64_t number() const { return number_; }
  EventQueue& events() { return events_; }
  void cancel() { cancel_.request(); }
  bool ended() const;
  bool wait(std::int64_t timeout_ms) const;  // false: it goes on
  sync::Counts counts() const;               // so far
  // Good once it has ended.
  const base::Result<sync::Report>& result() const { return *result_; }

 private:
  base::Result<sync::Report> refresh();
  sync::Event ended_event(const base::Result<sync::Report>& result) const noexcept;
  void take_event(sync::Event event);
  void count(const sync::Event& event);

  const std::uint64_t number_ = new_run_number();
  const std::shared_ptr<Session> session_;
  const sync::RunConfig config_;
  const base::Cancel cancel_;
  const std::function<base::Code()> stopped_by_;
  const std::unique_ptr<telemetry::RunTrace> trace_;  // null: nobody asked for it
  EventQueue events_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  sync::Counts counts_;
  std::string label_;  // of the run, once it has begun
  std::optional<base::Result<sync::Report>> result_;
  bool ended_ = false;
};

}  // namespace freshet::service
