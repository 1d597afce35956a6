// capi/refresh_object.hpp - a run as its handle names it: the threads that work, and the one who asks.
//
// service::Run is what the threads share; RefreshObject alone joins them.
// Events go through an EventQueue, from which either the caller polls or a second thread feeds the
// callback, so that a slow callback never holds up the run and no lock is held while it is called.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "capi/call.hpp"
#include "capi/objects.hpp"
#include "core/base/thread.hpp"
#include "core/service/run.hpp"

namespace freshet::capi {

class RefreshObject {
 public:
  static base::Result<std::shared_ptr<RefreshObject>> start(
      std::shared_ptr<RepositoryObject> repository, sync::RunConfig config, Call call,
      std::optional<telemetry::TraceContext> context);
  RefreshObject(std::shared_ptr<service::Run> run, Call call)
      : run_(std::move(run)), call_(std::move(call)) {}
  ~RefreshObject();
  RefreshObject(const RefreshObject&) = delete;
  RefreshObject& operator=(const RefreshObject&) = delete;

  base::Result<std::optional<freshet_event>> next_event(std::int64_t timeout_ms);
  base::Result<int> event_descriptor();
  // Of the report, one after the other; its outcome is 0 after the last.
  base::Result<freshet_root_result> next_root();
  base::Status wait(std::int64_t timeout_ms) const;
  base::Status wait_for_all() const;  // fails, too, where the run was stopped
  void cancel() { run_->cancel(); }
  void stop();  // cancels, and waits unless the run waits for the caller
  sync::Counts counts() const { return run_->counts(); }
  base::Result<int> exit_code() const;
  base::Result<const sync::ReportText*> report();

 private:
  base::Result<const sync::Report*> finished() const;

  bool has_callback() const { return call_.on_event() != nullptr; }

  const std::shared_ptr<service::Run> run_;
  const Call call_;
  base::Thread worker_, feeder_;
  std::mutex poll_mutex_;
  service::EventQueue::Item last_;  // what the texts of the last event are borrowed from
  std::mutex report_mutex_;
  std::unique_ptr<sync::ReportText> report_;
  std::mutex root_mutex_;
  std::optional<sync::RootLines> roots_;
  base::Json root_;  // what the texts of the last root are borrowed from
};

}  // namespace freshet::capi
