#include <fmt/format.h>

#include <algorithm>

#include "core/base/file_size_signal.hpp"
#include "core/base/thread.hpp"
#include "core/service/service_core.hpp"
#include "core/telemetry/run_trace.hpp"

namespace freshet::service {
namespace {

using base::Result;
using base::Status;
using sync::Event;
using sync::EventKind;

// "12 refreshed, 1 failed of 40 roots in 3.2 s"
std::string summary(const sync::Report& report) {
  const sync::Counts& counts = report.counts;
  std::string text = fmt::format("{} refreshed, {} unchanged", counts.refreshed, counts.unchanged);
  for (const auto& [name, number] : {std::pair{"removed", counts.removed},
                                     {"busy", counts.busy},
                                     {"failed", counts.failed},
                                     {"held", counts.held},
                                     {"rows pending", counts.pending}})
    if (number > 0) text += fmt::format(", {} {}", number, name);
  return text + fmt::format(" of {} roots in {:.1f} s", counts.listed, report.seconds);
}

const char* why(const Start& start) {
  if (!start.source) return "rows are pending";
  return start.lists ? "its listing is due" : "roots are due";
}

Ended how_ended(const Result<sync::Report>& result) {
  Ended how;
  const auto be_patient = [&](const base::Error& error) {
    how.patience = std::max(how.patience, Millis(std::max<std::int64_t>(0, error.retry_after_ms)));
  };
  if (!result) {
    how.nothing = true;
    be_patient(result.error());
    return how;
  }
  how.partly = result->counts.busy > 0 || result->cancelled;
  for (const sync::SourceReport& source : result->sources) {
    how.listed |= source.listed;
    if (!source.error) continue;
    how.failed = true;
    be_patient(*source.error);
  }
  return how;
}

}  // namespace

void ServiceCore::launch(const Start& start) {
  Job& job = jobs_.emplace_back();
  job.start = start;
  job.plan = plan_;
  job.began = looked_;
  job.task = machine_.executor.task();
  const bool scheduled = start.source && start.since != base::unset;
  const std::optional<Millis> lag =
      scheduled ? std::optional<Millis>(looked_ - start.since) : std::nullopt;
  account_.began(lag);
  if (start.source) watched_.at(plan_->sources[*start.source].id).account.began(lag);
  tell(EventKind::run_started, job.name(), "", why(start));
  const Status started =
      job.task->start("freshet-run", [self = shared_from_this(), &job] { self->work(job); });
  if (started) return;
  settle(job, base::fail(started.error()));
  jobs_.pop_back();
}

Result<sync::Report> ServiceCore::run(Job& job) {
  const auto trace =
      telemetry::trace_run(session_->telemetry, std::nullopt, session_->repository->name_space());
  Result<sync::Report> result = sync::run(
      session_->context(), run_config(*job.plan, job.start),
      [&](Event event) {
        if (trace) trace->take(event);
        if (event.kind != EventKind::run_started && event.kind != EventKind::run_ended)
          herald_.push(std::move(event));
      },
      job.cancel, telemetry::activities_of(trace.get()));
  if (trace) trace->ended(result);
  return result;
}

void ServiceCore::work(Job& job) noexcept {
  const base::BlockFileSizeSignal block;
  const base::TaskScope task(job.number);
  std::optional<Result<sync::Report>> result;
  try {
    result = run(job);
  } catch (...) {
    result = base::fail(base::exception_error());
  }
  const bool still = still_failing(job);
  ports::Lock lock(mutex_);
  std::optional<Instant> retry;
  (void)base::guarded([&]() -> Status {
    retry = settle(job, *result);
    notifier_.ended(job.name(), *result, still, machine_.clock.now());
    return {};
  });
  if (retry) {
    lock.unlock();
    remember_failure(job, *retry);
    lock.lock();
  }
  job.done = woken_ = true;
  changed_->notify_all();
}

// Whether a root of the source is, of a source that people know to be in trouble.
bool ServiceCore::still_failing(const Job& job) const {
  if (!job.start.source || !notifier_.minds_failure(job.name())) return false;
  bool failing = false;
  (void)base::guarded([&]() -> Status {
    constexpr std::size_t at_once = 1'000;
    const base::Digest& id = job.plan->sources[*job.start.source].id;
    FRESHET_ASSIGN(const repository::Snapshot snapshot, session_->repository->read());
    std::vector<base::Digest> members;
    base::Digest cursor;
    do {
      FRESHET_ASSIGN(members, snapshot.members(id, cursor, at_once));
      for (const base::Digest& member : members) {
        FRESHET_ASSIGN(const auto root, snapshot.root(member));
        if (root && root->failures > 0) return failing = true, Status{};
      }
      if (!members.empty()) cursor = members.back();
    } while (members.size() == at_once);
    return {};
  });
  return failing;
}

// So that one that is started again right after it does not ask again at once.
void ServiceCore::remember_failure(const Job& job, Instant retry) const noexcept {
  const base::Digest& id = job.plan->sources[*job.start.source].id;
  (void)base::guarded([&] {
    return session_->repository->write([&](repository::Writer& writer) -> Status {
      FRESHET_ASSIGN(auto source, writer.read().source(id));
      if (!source) return {};
      source->list_again = retry;
      return writer.put_source(*source);
    });
  });
}

// The source may be another's, or nobody's, since the configuration was read again.
std::optional<Instant> ServiceCore::settle(Job& job, const Result<sync::Report>& result) {
  const Ended how = how_ended(result);
  const Instant now = machine_.clock.now();
  const Millis ticks = machine_.clock.monotonic();
  const auto note = [&](Account& account) {
    if (result)
      account.ended(*result);
    else
      account.ended(result.error(), now);
  };
  note(account_);
  tell(EventKind::run_ended, job.name(), result ? summary(*result) : "", why(job.start),
       result ? nullptr : &result.error());
  if (!job.start.source) {
    agenda_->ended({}, how, now, ticks);
    return {};
  }
  const base::Digest& id = job.plan->sources[*job.start.source].id;
  Watched& watched = watched_.at(id);
  note(watched.account);
  if (!how.failed && !how.nothing) watched.facts.taken(job.began);
  std::optional<Instant> retry;
  for (std::size_t i = 0; i < plan_->sources.size(); ++i) {
    if (plan_->sources[i].id != id) continue;
    agenda_->ended({i, job.start.lists, {}}, how, now, ticks);
    if (how.failed || how.nothing) retry = agenda_->retry_at(i, now);
  }
  return retry;
}

}  // namespace freshet::service
