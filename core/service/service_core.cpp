#include "core/service/service_core.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "core/base/file_size_signal.hpp"
#include "core/base/text.hpp"
#include "core/host/redactor.hpp"

namespace freshet::service {
namespace {

using base::Code;
using base::Json;
using base::Result;
using base::Status;
using sync::EventKind;

// How often it is looked whether another process has written: a trigger is seen within this time.
constexpr Millis look_every{200};
constexpr Millis settle_every{50};  // while folders change
constexpr std::int64_t longest_stop =
    std::int64_t{365} * 24 * 3600 * 1000;  // ms: no clock overflows
// The clocks disagree by more: the wall's was set.
constexpr Millis clock_step{1'000};

}  // namespace

std::shared_ptr<const Plan> ServiceCore::plan() const {
  const ports::Lock lock(mutex_);
  return plan_;
}

std::string ServiceCore::label_of_run(const std::string& source) const {
  if (plan_ == nullptr) return {};
  return sync::label_of(plan_->config.labels.run, {session_->repository->name_space(), source, "",
                                                   base::format_instant(machine_.clock.now())});
}

void ServiceCore::tell(EventKind kind, const std::string& source, std::string message,
                       std::string reason, const base::Error* error) noexcept {
  (void)base::guarded([&]() -> Status {
    herald_.tell(
        {kind, source, label_of_run(source), std::move(message), std::move(reason), error});
    return {};
  });
}

// A source that both configurations have goes on as it was.
void ServiceCore::use(std::shared_ptr<const Plan> plan) {
  std::vector<std::optional<std::size_t>> same(plan->sources.size());
  for (std::size_t i = 0; i < plan->sources.size(); ++i) {
    const sync::NamedSource& source = plan->sources[i];
    watched_.try_emplace(source.id).first->second.facts = FactFinder(source);
    for (std::size_t k = 0; plan_ != nullptr && k < plan_->sources.size(); ++k)
      if (plan_->sources[k].id == source.id) same[i] = k;
  }
  Agenda agenda(plan->duties, plan->options);
  if (agenda_) agenda.go_on(*agenda_, same);
  agenda_.emplace(std::move(agenda));
  plan_ = std::move(plan);
  watch_folders();
  notifier_.use(*plan_);
}

// Of the present plan. Where the system has no means for it, schedules go on.
void ServiceCore::watch_folders() {
  const auto blind = [this](auto source, const base::Error& error) { tell_blind(source, error); };
  for (const std::size_t source : folders_.watch(*plan_, blind))
    agenda_->ask(source);  // what it has missed
}

// A source is run where something changed below its folders.
void ServiceCore::notice() {
  const Millis ticks = machine_.clock.monotonic();
  const auto blind = [this](auto source, const base::Error& error) { tell_blind(source, error); };
  for (const std::size_t source : folders_.look(ticks, blind)) {
    agenda_->hurry(source, ticks);
    woken_ = true;
  }
}

void ServiceCore::tell_blind(std::optional<std::size_t> source, const base::Error& error) noexcept {
  (void)base::guarded([&]() -> Status {
    const std::string said = base::to_string(error);
    if (source)
      tell(EventKind::log, plan_->sources[*source].name,
           "what changes is not noticed, and waits for the schedule: " + said, "", &error);
    else
      tell(EventKind::log, "", said, "", &error);
    return {};
  });
}

// How long nothing may be looked at.
Millis ServiceCore::patience() const {
  const Millis wait = look_again_ - machine_.clock.monotonic();
  return std::clamp(wait, Millis(0), folders_.any_changes() ? settle_every : look_every);
}

Status ServiceCore::start() {
  const ports::Lock lock(mutex_);
  if (running_) return base::fail(Code::busy, "runs already", "service");
  if (!jobs_.empty()) return base::fail(Code::busy, "has not stopped yet", "service");
  // It has ended, and whoever stopped it has not come to join it.
  if (control_ != nullptr && control_->joinable()) control_->join();
  stopping_ = false;
  ++starts_;
  herald_.events().reopen();
  since_ = machine_.clock.now();
  control_ = machine_.executor.task();
  running_ = true;
  Status started =
      control_->start("freshet-service", [self = shared_from_this()] { self->control(); });
  if (!started) running_ = false;
  return started;
}

Status ServiceCore::stop(std::int64_t timeout_ms) {
  ports::Lock lock(mutex_);
  std::deque<Wait> waits;  // also of runs that a callback of one of ours waits for
  for (const Job& job : jobs_)
    if (!waits.emplace_back(job.number).allowed())
      return base::fail(Code::misuse, "is stopped from a callback of its own run", "service");
  stopping_ = true;
  for (const Job& job : jobs_) job.cancel.request();
  changed_->notify_all();
  // Who starts it again before this thread wakes does not make it wait for that one's end.
  const auto stopped = [&, start = starts_] { return !running_ || starts_ != start; };
  if (timeout_ms < 0)
    changed_->wait(lock, stopped);
  else if (!changed_->wait_for(lock, Millis(std::min(timeout_ms, longest_stop)), stopped))
    return base::fail(Code::timeout, "a run goes on that was told to stop", "service");
  if (running_ || control_ == nullptr) return {};
  const std::unique_ptr<ports::Task> control = std::move(control_);
  lock.unlock();
  control->join();
  return {};
}

// Who cannot wait, for a run of this service waits for the caller: it ends by itself.
void ServiceCore::abandon() {
  const ports::Lock lock(mutex_);
  stopping_ = true;
  for (const Job& job : jobs_) job.cancel.request();
  changed_->notify_all();
  if (control_ != nullptr && control_->joinable()) control_->detach();
}

Status ServiceCore::trigger(const std::string& source) {
  const ports::Lock lock(mutex_);
  std::vector<std::string> names;
  bool any = false;
  for (std::size_t i = 0; i < plan_->sources.size(); ++i) {
    names.push_back(host::redactor().clean(plan_->sources[i].name));
    if (!source.empty() && plan_->sources[i].name != source && names.back() != source) continue;
    agenda_->ask(i);
    any = true;
  }
  woken_ = true;
  changed_->notify_all();
  if (any) return {};
  const std::string near = base::nearest(source, names);
  return base::fail(
      Code::not_found,
      near.empty() ? fmt::format("is the name of no source; there are: {}", fmt::join(names, ", "))
                   : fmt::format("is the name of no source; did you mean \"{}\"?", near),
      source);
}

Status ServiceCore::reload(const Json& config, const std::function<Status(const Plan&)>& accept) {
  auto plan = make_plan(*session_, config, seed_, {});
  if (const Status accepted = plan && accept ? accept(**plan) : Status(); !accepted)
    plan = base::fail(accepted.error());
  const ports::Lock lock(mutex_);
  if (!plan) {
    reload_error_ = host::redactor().clean(base::to_string(plan.error()));
    return base::fail(std::move(plan).error());
  }
  use(*std::move(plan));
  ++reloads_;
  reload_error_.clear();
  woken_ = true;
  changed_->notify_all();
  return {};
}

// By the wall's clock, by the other, or since somebody has written.
bool ServiceCore::is_time() const {
  if (woken_) return true;
  const Instant now = machine_.clock.now();
  const Millis ticks = machine_.clock.monotonic();
  const Millis apart = (now - looked_) - (ticks - looked_ticks_);
  return ticks >= look_again_ || apart > clock_step || apart < -clock_step ||
         session_->repository->last_commit() != commit_;
}

Status ServiceCore::learn() {
  commit_ = session_->repository->last_commit();  // before it is read: a later one is seen again
  FRESHET_ASSIGN(const repository::Snapshot snapshot, session_->repository->read());
  const Instant now = machine_.clock.now();
  for (std::size_t i = 0; i < plan_->sources.size(); ++i) {
    if (agenda_->is_running(i)) continue;
    FRESHET_ASSIGN(const Facts facts, watched_.at(plan_->sources[i].id).facts.find(snapshot, now));
    agenda_->learn(i, facts);
    notifier_.listed(plan_->sources[i].name, facts.listed, now);
  }
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  agenda_->learn_pending(info.deliveries);
  return {};
}

// Where the repository cannot be read nothing begins, and it is looked again soon.
void ServiceCore::look() {
  woken_ = false;
  const Status learnt = base::guarded([&] { return learn(); });
  looked_ = machine_.clock.now();
  looked_ticks_ = machine_.clock.monotonic();
  if (!learnt) {
    const std::string said = base::to_string(learnt.error());
    if (said != look_error_) tell(EventKind::log, "", said, "", &learnt.error());
    look_error_ = said;
    look_again_ = looked_ticks_ + Millis(1'000);
    return;
  }
  look_error_.clear();
  for (const Start& start : agenda_->take(looked_, looked_ticks_)) launch(start);
  look_again_ =
      looked_ticks_ + std::min(agenda_->wait(looked_, looked_ticks_), notifier_.patience());
}

void ServiceCore::control() {
  const base::BlockFileSizeSignal block;
  const auto lines = session_->runtime->log().listen(
      [this](int level, std::string_view plugin, std::string_view message) {
        herald_.push(log_event(level, plugin, message));
      });
  ports::Lock lock(mutex_);
  woken_ = true;
  const auto told = [&] { return woken_ || stopping_; };
  while (!stopping_ || !jobs_.empty()) {
    reap();
    if (!stopping_) notice();
    if (!stopping_ && is_time()) look();
    if (!stopping_) notifier_.work(machine_.clock.now());
    if (stopping_) {
      changed_->wait(lock, [&] {
        return std::any_of(jobs_.begin(), jobs_.end(), [](const Job& job) { return job.done; }) ||
               jobs_.empty();
      });
      continue;
    }
    changed_->wait_for(lock, patience(), told);
  }
  lock.unlock();
  notifier_.stop();
  lock.lock();
  herald_.events().close();
  running_ = false;
  changed_->notify_all();
}

void ServiceCore::reap() {
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    if (!job->done) {
      ++job;
      continue;
    }
    job->task->join();  // its last step was to say that it is done
    job = jobs_.erase(job);
  }
}

}  // namespace freshet::service
