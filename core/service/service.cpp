#include "core/service/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <list>
#include <map>

#include "core/base/file_size_signal.hpp"
#include "core/base/text.hpp"
#include "core/base/thread.hpp"
#include "core/host/redactor.hpp"
#include "core/ports/folder_watch.hpp"
#include "core/service/account.hpp"
#include "core/service/changes.hpp"
#include "core/service/facts.hpp"
#include "core/service/notifier.hpp"
#include "core/service/plan.hpp"
#include "core/service/waits.hpp"
#include "core/sync/engine.hpp"

namespace freshet::service {
namespace {

using base::Code;
using base::Json;
using base::Result;
using base::Status;
using sync::Event;
using sync::EventKind;

// How often it is looked whether another process has written: a trigger is seen within this time.
constexpr Millis look_every{200};
constexpr Millis settle_every{50};  // while folders change
constexpr std::int64_t longest_stop =
    std::int64_t{365} * 24 * 3600 * 1000;  // ms: no clock overflows
// The clocks disagree by more: the wall's was set.
constexpr Millis clock_step{1'000};

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

// A run that is under way.
struct ServiceJob {
  Start start;
  std::shared_ptr<const Plan> plan;
  Instant began;
  const std::uint64_t number = new_run_number();
  base::Cancel cancel;
  std::unique_ptr<ports::Task> task;
  bool done = false;

  std::string name() const { return start.source ? plan->sources[*start.source].name : ""; }
};

// All is guarded by the mutex, but the repository and the runs.
class Service::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(std::shared_ptr<Session> session, std::shared_ptr<const Plan> plan, std::uint64_t seed)
      : session_(std::move(session)),
        machine_(session_->repository->machine()),
        seed_(seed),
        changed_(machine_.executor.condition()),
        notifier_(*session_, [this](const base::Error& error) {
          events_.push(log_event(sync::log_warning, "", base::to_string(error)));
        }) {
    use(std::move(plan));
  }

  Status start();
  Status stop(std::int64_t timeout_ms);
  void abandon();
  Status trigger(const std::string& source);
  Status reload(const Json& config, const std::function<Status(const Plan&)>& accept);
  Result<Json> statistics() const;
  EventQueue& events() { return events_; }
  std::shared_ptr<sync::EventSink> listen(sync::EventSink sink);
  std::shared_ptr<const Plan> plan() const;

 private:
  using Job = ServiceJob;
  struct Watched {
    FactFinder facts;
    Account account;
  };

  void use(std::shared_ptr<const Plan> plan);
  void control();
  void watch_folders();
  void notice();
  Millis patience() const;
  void look();
  bool is_time() const;
  Status learn();
  void launch(const Start& start);
  void work(Job& job) noexcept;
  Result<sync::Report> run(Job& job);
  // Returns when its listing, which failed, is to be tried again.
  std::optional<Instant> settle(Job& job, const Result<sync::Report>& result);
  bool still_failing(const Job& job) const;
  void remember_failure(const Job& job, Instant retry) const noexcept;
  void reap();
  Json source_json(std::size_t index, Instant now) const;
  void push(Event event) noexcept;
  std::string label_of_run(const std::string& source) const;
  void tell(EventKind kind, const std::string& source, std::string message, std::string reason,
            const base::Error* error = nullptr) noexcept;

  const std::shared_ptr<Session> session_;
  const ports::Machine machine_;
  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  const std::unique_ptr<ports::Condition> changed_;
  EventQueue events_{EventQueue::Ending::when_closed};
  std::mutex listeners_mutex_;  // taken last
  std::vector<std::weak_ptr<sync::EventSink>> listeners_;
  std::shared_ptr<const Plan> plan_;
  std::optional<Agenda> agenda_;
  std::map<base::Digest, Watched> watched_;  // by source; those of earlier configurations, too
  std::list<Job> jobs_;
  std::unique_ptr<ports::Task> control_;
  bool running_ = false, stopping_ = false, woken_ = false;
  Instant since_;
  Account account_;
  std::uint64_t reloads_ = 0;
  std::string reload_error_;
  std::string look_error_;
  // The last look: when, at which commit, and when the next one is due.
  Instant looked_;
  Millis looked_ticks_{0}, look_again_{0};
  std::uint64_t commit_ = 0;
  // What is noticed by itself: each folder with the number of its source.
  std::unique_ptr<ports::FolderWatch> folders_;
  std::vector<std::size_t> source_of_folder_;
  Changes changes_;
  Notifier notifier_;
};

std::shared_ptr<sync::EventSink> Service::Core::listen(sync::EventSink sink) {
  auto listener = std::make_shared<sync::EventSink>(std::move(sink));
  const std::lock_guard lock(listeners_mutex_);
  std::erase_if(listeners_, [](const auto& each) { return each.expired(); });
  listeners_.push_back(listener);
  return listener;
}

std::shared_ptr<const Plan> Service::Core::plan() const {
  const ports::Lock lock(mutex_);
  return plan_;
}

void Service::Core::push(Event event) noexcept {
  (void)base::guarded([&]() -> Status {
    const std::lock_guard lock(listeners_mutex_);
    for (const auto& each : listeners_)
      if (const auto listener = each.lock()) (*listener)(event);
    return {};
  });
  events_.push(std::move(event));
}

std::string Service::Core::label_of_run(const std::string& source) const {
  if (plan_ == nullptr) return {};
  return sync::label_of(plan_->config.labels.run, {session_->repository->name_space(), source, "",
                                                   base::format_instant(machine_.clock.now())});
}

void Service::Core::tell(EventKind kind, const std::string& source, std::string message,
                         std::string reason, const base::Error* error) noexcept {
  (void)base::guarded([&]() -> Status {
    Event event;
    event.kind = kind;
    event.at = machine_.clock.now();
    event.source = host::redactor().clean(source);
    event.label = host::redactor().clean(label_of_run(source));
    event.message = std::move(message);
    event.reason = std::move(reason);
    if (error != nullptr) event.explain(host::redactor().clean(*error));
    if (error != nullptr && kind == EventKind::log) event.level = sync::log_warning;
    push(std::move(event));
    return {};
  });
}

// A source that both configurations have goes on as it was.
void Service::Core::use(std::shared_ptr<const Plan> plan) {
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
void Service::Core::watch_folders() {
  std::vector<std::string> paths;
  source_of_folder_.clear();
  changes_.clear();
  folders_.reset();
  for (std::size_t i = 0; i < plan_->folders.size(); ++i)
    for (const std::string& path : plan_->folders[i]) {
      paths.push_back(path);
      source_of_folder_.push_back(i);
    }
  if (paths.empty()) return;
  auto made = ports::make_folder_watch();
  Status begun = made ? (*made)->watch(std::move(paths)) : base::fail(made.error());
  if (!begun) return tell(EventKind::log, "", base::to_string(begun.error()), "", &begun.error());
  folders_ = *std::move(made);
  for (const std::size_t source : source_of_folder_) agenda_->ask(source);  // what it has missed
}

// A source is run where something changed below its folders.
void Service::Core::notice() {
  if (folders_ == nullptr) return;
  const Millis ticks = machine_.clock.monotonic();
  ports::FolderChanges seen = folders_->look();
  for (const std::size_t folder : seen.changed) changes_.note(source_of_folder_[folder], ticks);
  for (const auto& [folder, error] : seen.blind)
    tell(EventKind::log, plan_->sources[source_of_folder_[folder]].name,
         "what changes is not noticed, and waits for the schedule: " + base::to_string(error), "",
         &error);
  for (const std::size_t source : changes_.take(ticks)) {
    agenda_->hurry(source, ticks);
    woken_ = true;
  }
}

// How long nothing may be looked at.
Millis Service::Core::patience() const {
  const Millis wait = look_again_ - machine_.clock.monotonic();
  return std::clamp(wait, Millis(0), changes_.any() ? settle_every : look_every);
}

Status Service::Core::start() {
  const ports::Lock lock(mutex_);
  if (running_) return base::fail(Code::busy, "runs already", "service");
  if (!jobs_.empty()) return base::fail(Code::busy, "has not stopped yet", "service");
  stopping_ = false;
  events_.reopen();
  since_ = machine_.clock.now();
  control_ = machine_.executor.task();
  running_ = true;
  Status started =
      control_->start("freshet-service", [self = shared_from_this()] { self->control(); });
  if (!started) running_ = false;
  return started;
}

Status Service::Core::stop(std::int64_t timeout_ms) {
  ports::Lock lock(mutex_);
  std::deque<Wait> waits;  // also of runs that a callback of one of ours waits for
  for (const Job& job : jobs_)
    if (!waits.emplace_back(job.number).allowed())
      return base::fail(Code::misuse, "is stopped from a callback of its own run", "service");
  stopping_ = true;
  for (const Job& job : jobs_) job.cancel.request();
  changed_->notify_all();
  const auto stopped = [&] { return !running_; };
  if (timeout_ms < 0)
    changed_->wait(lock, stopped);
  else if (!changed_->wait_for(lock, Millis(std::min(timeout_ms, longest_stop)), stopped))
    return base::fail(Code::timeout, "a run goes on that was told to stop", "service");
  if (control_ == nullptr) return {};
  const std::unique_ptr<ports::Task> control = std::move(control_);
  lock.unlock();
  control->join();
  return {};
}

// Who cannot wait, for a run of this service waits for the caller: it ends by itself.
void Service::Core::abandon() {
  const ports::Lock lock(mutex_);
  stopping_ = true;
  for (const Job& job : jobs_) job.cancel.request();
  changed_->notify_all();
  if (control_ != nullptr && control_->joinable()) control_->detach();
}

Status Service::Core::trigger(const std::string& source) {
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

Status Service::Core::reload(const Json& config, const std::function<Status(const Plan&)>& accept) {
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
bool Service::Core::is_time() const {
  if (woken_) return true;
  const Instant now = machine_.clock.now();
  const Millis ticks = machine_.clock.monotonic();
  const Millis apart = (now - looked_) - (ticks - looked_ticks_);
  return ticks >= look_again_ || apart > clock_step || apart < -clock_step ||
         session_->repository->last_commit() != commit_;
}

Status Service::Core::learn() {
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
void Service::Core::look() {
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

void Service::Core::control() {
  const base::BlockFileSizeSignal block;
  const auto lines = session_->runtime->log().listen(
      [this](int level, std::string_view plugin, std::string_view message) {
        push(log_event(level, plugin, message));
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
  events_.close();
  running_ = false;
  changed_->notify_all();
}

void Service::Core::reap() {
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    if (!job->done) {
      ++job;
      continue;
    }
    job->task->join();  // its last step was to say that it is done
    job = jobs_.erase(job);
  }
}

void Service::Core::launch(const Start& start) {
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

Result<sync::Report> Service::Core::run(Job& job) {
  return sync::run(
      session_->context(), run_config(*job.plan, job.start),
      [this](Event event) {
        if (event.kind != EventKind::run_started && event.kind != EventKind::run_ended)
          push(std::move(event));
      },
      job.cancel);
}

void Service::Core::work(Job& job) noexcept {
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
bool Service::Core::still_failing(const Job& job) const {
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
void Service::Core::remember_failure(const Job& job, Instant retry) const noexcept {
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
std::optional<Instant> Service::Core::settle(Job& job, const Result<sync::Report>& result) {
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

Json Service::Core::source_json(std::size_t i, Instant now) const {
  const sync::NamedSource& source = plan_->sources[i];
  Json out = watched_.at(source.id).account.to_json();
  out["name"] = host::redactor().clean(source.name);
  out["running"] = agenda_->is_running(i);
  out["schedule"] = plan_->duties[i].timetable.to_json();
  out["next_listing"] = base::format_instant(std::max(now, agenda_->next_listing(i, now)));
  out["next_due"] = base::format_instant(agenda_->next_due(i));
  return out;
}

Result<Json> Service::Core::statistics() const {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, session_->repository->read());
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  const Instant now = machine_.clock.now();
  FRESHET_ASSIGN(const std::uint64_t due, snapshot.count_due(now));
  const ports::Lock lock(mutex_);
  Json out{{"running", running_},
           {"since", base::format_instant(since_)},
           {"runs", account_.to_json()},
           {"under_way", jobs_.size()},
           {"waiting", agenda_->waiting(now, machine_.clock.monotonic())},
           {"workers", plan_->options.workers},
           {"roots_due", due},
           {"roots_failing", info.failing},
           {"deliveries_pending", info.deliveries},
           {"reloads", reloads_},
           {"reload_error", reload_error_.empty() ? Json() : Json(reload_error_)},
           {"sources", Json::array()}};
  Instant next = base::never;
  for (std::size_t i = 0; i < plan_->sources.size(); ++i) {
    out["sources"].push_back(source_json(i, now));
    next = std::min({next, agenda_->next_listing(i, now), agenda_->next_due(i)});
  }
  out["next_due"] = base::format_instant(std::max(now, next));
  return out;
}

Result<std::shared_ptr<Service>> Service::open(std::shared_ptr<Session> session,
                                               const Json& config) {
  if (session->repository->read_only())
    return base::fail(Code::misuse, "is open for reading only", "repository");
  const std::uint64_t seed = session->repository->machine().random.draw();
  FRESHET_ASSIGN(auto plan, make_plan(*session, config, seed, {}));
  auto core = std::make_shared<Core>(std::move(session), std::move(plan), seed);
  return std::shared_ptr<Service>(new Service(std::move(core)));
}

Service::~Service() {
  if (const Status stopped = core_->stop(-1); !stopped) core_->abandon();
}

Status Service::start() { return core_->start(); }
Status Service::stop(std::int64_t timeout_ms) { return core_->stop(timeout_ms); }
Status Service::trigger(const std::string& source) { return core_->trigger(source); }
Status Service::reload(const Json& config, const std::function<Status(const Plan&)>& accept) {
  return core_->reload(config, accept);
}
Result<Json> Service::statistics() const { return core_->statistics(); }
EventQueue& Service::events() { return core_->events(); }
std::shared_ptr<sync::EventSink> Service::listen(sync::EventSink sink) {
  return core_->listen(std::move(sink));
}
std::shared_ptr<const Plan> Service::plan() const { return core_->plan(); }

}  // namespace freshet::service
