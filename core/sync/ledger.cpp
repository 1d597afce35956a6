#include "core/sync/ledger.hpp"

#include <algorithm>
#include <utility>

#include "core/host/redactor.hpp"

namespace freshet::sync {
namespace {

std::uint64_t& count_of(Counts& counts, Outcome outcome) {
  switch (outcome) {
    case Outcome::refreshed:
      return counts.refreshed;
    case Outcome::unchanged:
      return counts.unchanged;
    case Outcome::skipped:
      return counts.skipped;
    case Outcome::removed:
      return counts.removed;
    case Outcome::busy:
      return counts.busy;
    case Outcome::excluded:
      return counts.excluded;
    case Outcome::failed:
      break;
  }
  return counts.failed;
}

std::uint64_t done(const Counts& c) {
  return c.refreshed + c.unchanged + c.skipped + c.busy + c.failed + c.excluded;
}

}  // namespace

std::string Labeller::label(const Event& event) const {
  const bool of_root = !event.uri.empty() && !labels.item.empty();
  return label_of(of_root ? labels.item : labels.run,
                  {name_space, event.source.empty() ? sources : event.source, event.uri, started});
}

Ledger::Ledger(const ports::Machine& machine, EventSink sink, std::shared_ptr<RootLog> roots,
               Labeller labeller, ActivitySink activities)
    : clock_(machine.clock),
      sink_(std::move(sink)),
      labeller_(std::move(labeller)),
      activities_(std::move(activities)),
      roots_(std::move(roots)),
      writes_done_(machine.executor.condition()) {}

void Ledger::note_gap() noexcept {
  std::lock_guard lock(mutex_);
  gap_ = true;
}

void Ledger::tell(Event event) noexcept {
  if (!sink_) return;
  try {
    event.at = clock_.now();
    const host::Redactor& redactor = host::redactor();
    event.source = redactor.clean(event.source);
    event.uri = redactor.clean(event.uri);
    event.message = redactor.clean(event.message);
    event.reason = redactor.clean(event.reason);
    event.subject = redactor.clean(event.subject);
    event.label = redactor.clean(labeller_.label(event));
    std::lock_guard lock(tell_mutex_);
    sink_(std::move(event));
  } catch (...) {  // no memory, or the sink's own; the run is none the worse for it
    note_gap();
  }
}

void Ledger::tell_activity(base::Instant began,
                           const std::function<Activity()>& describe) noexcept {
  try {
    Activity activity = describe();
    activity.began = began;
    activity.ended = std::max(began, clock_.now());
    const host::Redactor& redactor = host::redactor();
    for (Activity::Root& root : activity.roots) {
      root.source = redactor.clean(root.source);
      root.uri = redactor.clean(root.uri);
    }
    if (activity.error) activity.error = redactor.clean(*activity.error);
    activities_(std::move(activity));
  } catch (...) {  // no memory: a span fewer
  }
}

void Ledger::log(int level, std::string message) noexcept {
  Event event;
  event.kind = EventKind::log;
  event.level = level;
  event.message = std::move(message);
  tell(std::move(event));
}

void Ledger::root_done(const std::string& source, const std::string& uri, Outcome outcome,
                       std::string_view reason, const Attempts& attempts,
                       const base::Error* error) noexcept {
  Event event;
  {
    std::lock_guard lock(mutex_);
    ++count_of(counts_, outcome);
    event.done = done(counts_);
    event.total = counts_.listed;
  }
  try {
    describe(source, uri, outcome, reason, attempts, error, event);
  } catch (...) {
    note_gap();
  }
  tell(std::move(event));
}

void Ledger::describe(const std::string& source, const std::string& uri, Outcome outcome,
                      std::string_view reason, const Attempts& attempts, const base::Error* error,
                      Event& event) {
  event.kind = EventKind::root_done;
  event.outcome = outcome;
  roots_->add(uri, outcome, reason, attempts, error);
  event.source = source;
  event.uri = uri;
  event.reason = reason;
  event.attempts = attempts.count;
  if (error != nullptr) event.explain(*error);
  std::lock_guard lock(mutex_);
  if (error != nullptr && outcome == Outcome::failed && failures_.size() < most_failures)
    failures_.push_back({uri, attempts.count, *error});
  if (attempts.earlier != nullptr && outcome != Outcome::failed && retried_.size() < most_failures)
    retried_.push_back({uri, attempts});
}

void Ledger::reconsider(std::uint64_t roots) noexcept {
  const std::lock_guard lock(mutex_);
  counts_.skipped -= std::min(counts_.skipped, roots);
}

void Ledger::skipped(std::uint64_t roots) noexcept {
  if (roots == 0) return;
  {
    std::lock_guard lock(mutex_);
    counts_.skipped += roots;
  }
  progress();
}

void Ledger::unchanged(std::uint64_t roots) noexcept {
  if (roots == 0) return;
  {
    std::lock_guard lock(mutex_);
    counts_.unchanged += roots;
  }
  progress();
}

void Ledger::listed(std::uint64_t roots) noexcept {
  if (roots == 0) return;
  {
    std::lock_guard lock(mutex_);
    counts_.listed += roots;
  }
  progress();
}

void Ledger::progress() noexcept {
  Event event;
  event.kind = EventKind::progress;
  {
    std::lock_guard lock(mutex_);
    event.done = done(counts_);
    event.total = counts_.listed;
  }
  tell(std::move(event));
}

void Ledger::add(const Counts& more) {
  std::lock_guard lock(mutex_);
  counts_.held += more.held;
  counts_.chunks_added += more.chunks_added;
  counts_.chunks_removed += more.chunks_removed;
  counts_.chunks_kept += more.chunks_kept;
  counts_.chunks_updated += more.chunks_updated;
  if (more.chunk_tokens)
    counts_.chunk_tokens = counts_.chunk_tokens.value_or(0) + *more.chunk_tokens;
  counts_.embedded_texts += more.embedded_texts;
  counts_.embedded_cached += more.embedded_cached;
  counts_.embedded_tokens += more.embedded_tokens;
  counts_.estimated_tokens += more.estimated_tokens;
  counts_.upserts += more.upserts;
  counts_.removals += more.removals;
  counts_.refused_before += more.refused_before;
  counts_.asked_absent += more.asked_absent;
  counts_.verified += more.verified;
  counts_.found_missing += more.found_missing;
  counts_.found_stale += more.found_stale;
  counts_.found_damaged += more.found_damaged;
}

void Ledger::error(const base::Error& error) noexcept {
  try {
    log(log_error, base::to_string(error));
    std::lock_guard lock(mutex_);
    errors_.push_back(error);
  } catch (...) {
    note_gap();
  }
}

void Ledger::begin_write() {
  std::lock_guard lock(mutex_);
  ++writes_;
}

void Ledger::end_write() {
  std::lock_guard lock(mutex_);
  if (--writes_ == 0) writes_done_->notify_all();
}

void Ledger::wait_for_writes(const std::function<void()>& hurry) {
  ports::Lock lock(mutex_);
  if (writes_ == 0) return;
  if (hurry) {
    lock.unlock();
    hurry();
    lock.lock();
  }
  writes_done_->wait(lock, [&] { return writes_ == 0; });
}

Counts Ledger::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

std::vector<RootFailure> Ledger::failures() const {
  std::lock_guard lock(mutex_);
  return failures_;
}

std::vector<RootRetry> Ledger::retried() const {
  std::lock_guard lock(mutex_);
  return retried_;
}

std::vector<base::Error> Ledger::errors() const {
  std::lock_guard lock(mutex_);
  std::vector<base::Error> errors = errors_;
  if (gap_)
    errors.push_back(
        base::fail(base::Code::out_of_memory, "no memory to note all that happened").value());
  return errors;
}

}  // namespace freshet::sync
