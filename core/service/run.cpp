#include "core/service/run.hpp"

#include <algorithm>
#include <chrono>

#include "core/base/file_size_signal.hpp"
#include "core/base/thread.hpp"
#include "core/host/redactor.hpp"
#include "core/ports/clock.hpp"

namespace freshet::service {

using sync::Event;
using sync::EventKind;
using sync::Outcome;

namespace {

std::uint64_t* counter_of(sync::Counts& counts, Outcome outcome) {
  switch (outcome) {
    case Outcome::refreshed:
      return &counts.refreshed;
    case Outcome::unchanged:
      return &counts.unchanged;
    case Outcome::skipped:
      return &counts.skipped;
    case Outcome::removed:
      return &counts.removed;
    case Outcome::busy:
      return &counts.busy;
    case Outcome::failed:
      return &counts.failed;
    case Outcome::excluded:
      return &counts.excluded;
  }
  return nullptr;
}

}  // namespace

Run::Run(std::shared_ptr<Session> session, sync::RunConfig config, base::Cancel cancel,
         std::function<base::Code()> stopped_by, std::optional<telemetry::TraceContext> context)
    : session_(std::move(session)),
      config_(std::move(config)),
      cancel_(std::move(cancel)),
      stopped_by_(std::move(stopped_by)),
      trace_(telemetry::trace_run(session_->telemetry, std::move(context),
                                  session_->repository->name_space())) {}

// Where there is no memory to say why, the status says it.
Event Run::ended_event(const base::Result<sync::Report>& result) const noexcept {
  Event event;
  event.kind = EventKind::run_ended;
  event.at = ports::system_clock().now();
  (void)base::guarded([&]() -> base::Status {
    const std::lock_guard lock(mutex_);
    event.label = label_;
    return {};
  });
  if (result) {
    if (result->cancelled) event.status = stopped_by_();
    return event;
  }
  event.status = result.error().code;
  (void)base::guarded([&]() -> base::Status {
    event.explain(host::redactor().clean(result.error()));
    return {};
  });
  return event;
}

void Run::count(const Event& event) {
  std::lock_guard lock(mutex_);
  if (event.kind == EventKind::root_done || event.kind == EventKind::progress)
    counts_.listed = std::max(counts_.listed, event.total);
  if (event.kind == EventKind::root_done) {
    if (std::uint64_t* counter = counter_of(counts_, event.outcome)) ++*counter;
  } else if (event.kind == EventKind::delivery) {
    counts_.upserts = event.done;
    counts_.pending = event.total;
  }
}

void Run::take_event(Event event) {
  count(event);
  if (trace_) trace_->take(event);
  if (event.kind == EventKind::run_started) {
    const std::lock_guard lock(mutex_);
    label_ = event.label;
  }
  events_.push(std::move(event));
}

base::Result<sync::Report> Run::refresh() {
  const auto lines = session_->runtime->log().listen(
      [this](int level, std::string_view plugin, std::string_view message) {
        events_.push(log_event(level, plugin, message));
      });
  return sync::run(
      session_->context(), config_, [this](Event event) { take_event(std::move(event)); }, cancel_,
      telemetry::activities_of(trace_.get()));
}

void Run::work() noexcept {
  const base::BlockFileSizeSignal block;  // the threads of the run inherit it
  const base::TaskScope task(number_);
  std::optional<base::Result<sync::Report>> result;
  try {
    result = refresh();
  } catch (...) {
    result = base::fail(base::exception_error());
  }
  if (trace_) trace_->ended(*result);
  Event ended = ended_event(*result);
  {
    std::lock_guard lock(mutex_);
    if (*result) counts_ = (*result)->counts;
    result_ = std::move(result);
  }
  events_.push(std::move(ended));
  events_.close();
}

void Run::end() {
  std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool Run::ended() const {
  std::lock_guard lock(mutex_);
  return ended_;
}

bool Run::wait(std::int64_t timeout_ms) const {
  std::unique_lock lock(mutex_);
  constexpr std::int64_t most = std::int64_t{365} * 24 * 3600 * 1000;
  if (timeout_ms >= 0)
    return changed_.wait_for(lock, std::chrono::milliseconds(std::min(timeout_ms, most)),
                             [&] { return ended_; });
  changed_.wait(lock, [&] { return ended_; });
  return true;
}

sync::Counts Run::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace freshet::service
