// capi/run.hpp - a refresh that goes on in a thread of its own, and who looks at it from outside.
//
// Run is what the threads share; RefreshObject is what the handle names, and it alone joins them.
// Events go through an EventQueue, from which either the caller polls or a second thread feeds the
// callback, so that a slow callback never holds up the run and no lock is held while it is called.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "capi/call.hpp"
#include "capi/event_queue.hpp"
#include "capi/objects.hpp"
#include "capi/waits.hpp"
#include "core/base/cancel.hpp"
#include "core/base/thread.hpp"
#include "core/refresh/engine.hpp"

namespace freshet::capi {

class Run {
 public:
  Run(std::shared_ptr<RepositoryObject> repository, refresh::RunConfig config, Call call);

  void work() noexcept;  // the run itself, on its thread
  void feed();           // the callback's thread
  void end();            // waiting ends; called by whichever of the two is last

  std::uint64_t number() const { return number_; }
  EventQueue& events() { return events_; }
  void cancel() { call_.cancel().request(); }
  const Call& call() const { return call_; }
  bool ended() const;
  bool wait(std::int64_t timeout_ms) const;  // false: it goes on
  refresh::Counts counts() const;            // so far
  // Good once it has ended.
  const base::Result<refresh::Report>& result() const { return *result_; }

 private:
  base::Result<refresh::Report> refresh();
  void take_event(refresh::Event event);
  void count(const refresh::Event& event);

  const std::uint64_t number_ = new_run_number();
  const std::shared_ptr<RepositoryObject> repository_;
  const refresh::RunConfig config_;
  const Call call_;
  EventQueue events_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  refresh::Counts counts_;
  std::optional<base::Result<refresh::Report>> result_;
  bool ended_ = false;
};

class RefreshObject {
 public:
  static base::Result<std::shared_ptr<RefreshObject>> start(
      std::shared_ptr<RepositoryObject> repository, refresh::RunConfig config, Call call);
  explicit RefreshObject(std::shared_ptr<Run> run) : run_(std::move(run)) {}
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
  refresh::Counts counts() const { return run_->counts(); }
  base::Result<int> exit_code() const;
  base::Result<const refresh::ReportText*> report();

 private:
  base::Result<const refresh::Report*> finished() const;

  std::shared_ptr<Run> run_;
  base::Thread worker_, feeder_;
  bool has_callback_ = false;
  std::mutex poll_mutex_;
  EventQueue::Item last_;  // what the texts of the last event are borrowed from
  std::mutex report_mutex_;
  std::unique_ptr<refresh::ReportText> report_;
  std::mutex root_mutex_;
  std::optional<refresh::RootLines> roots_;
  base::Json root_;  // what the texts of the last root are borrowed from
};

// The event as C sees it; borrows the item's texts.
freshet_event event_of(const EventQueue::Item& item);

// Hands out events until there are no more.
void hand_out(EventQueue& events, freshet_event_callback on_event, void* payload);

refresh::Event log_event(int level, std::string_view plugin, std::string_view message);

}  // namespace freshet::capi
