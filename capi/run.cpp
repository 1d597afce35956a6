#include "capi/run.hpp"

#include <algorithm>
#include <chrono>

#include "capi/boundary.hpp"
#include "capi/context.hpp"
#include "core/base/file_size_signal.hpp"
#include "core/host/redactor.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using refresh::Event;
using refresh::EventKind;
using refresh::Outcome;

// Where there is no memory to say why, the status says it.
Event ended_event(const base::Result<refresh::Report>& result, const Call& call) noexcept {
  Event event;
  event.kind = EventKind::run_ended;
  event.at = ports::system_clock().now();
  if (result) {
    if (result->cancelled) event.status = call.stop_code();
    return event;
  }
  event.status = result.error().code;
  (void)base::guarded([&]() -> base::Status {
    event.explain(host::redactor().clean(result.error()));
    return {};
  });
  return event;
}

std::uint64_t* counter_of(refresh::Counts& counts, Outcome outcome) {
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

// Which number up to `last` has this name; 0: none has.
template <typename Enum>
std::int32_t number_of(std::string_view name, std::int32_t last,
                       std::string_view (*name_of)(Enum)) {
  for (std::int32_t number = 1; number <= last; ++number)
    if (name_of(static_cast<Enum>(number)) == name) return number;
  return 0;
}

const char* text_in(const base::Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? "" : found->get_ref<const std::string&>().c_str();
}

// Borrows from a line of the report; an empty one is the end.
freshet_root_result root_result_of(const base::Json& root) {
  static const base::Json none = base::Json::object();
  freshet_root_result out = FRESHET_ROOT_RESULT_INIT;
  const bool failed = root.contains("error") && root["error"].is_object();
  const base::Json& error = failed ? root["error"] : none;
  out.outcome =
      number_of(text_in(root, "outcome"), FRESHET_OUTCOME_EXCLUDED, refresh::outcome_name);
  out.status = number_of(text_in(error, "code"), FRESHET_E_INTERNAL, base::code_name);
  out.uri = text_in(root, "uri");
  out.reason = text_in(root, "reason");
  out.message = text_in(error, "message");
  out.subject = text_in(error, "subject");
  out.retry_after_ms = error.value("retry_after_ms", std::int64_t{-1});
  out.attempts = root.value("attempts", 0);
  return out;
}

}  // namespace

refresh::Event log_event(int level, std::string_view plugin, std::string_view message) {
  Event event;
  event.kind = EventKind::log;
  event.at = ports::system_clock().now();
  event.source = plugin;
  event.message = message;
  event.level = level;
  return event;
}

void hand_out(EventQueue& events, freshet_event_callback on_event, void* payload) {
  EventQueue::Item item;
  while (events.pop(-1, item) == EventQueue::Outcome::item) {
    const freshet_event event = event_of(item);
    try {
      on_event(payload, &event);
    } catch (...) {  // it may not throw; if it does, nobody is the worse for it
    }
  }
}

Run::Run(std::shared_ptr<RepositoryObject> repository, refresh::RunConfig config, Call call)
    : repository_(std::move(repository)), config_(std::move(config)), call_(std::move(call)) {}

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
  events_.push(std::move(event));
}

base::Result<refresh::Report> Run::refresh() {
  const auto lines = repository_->runtime->log().listen(
      [this](int level, std::string_view plugin, std::string_view message) {
        events_.push(log_event(level, plugin, message));
      });
  return refresh::run(
      context_of(*repository_), config_, [this](Event event) { take_event(std::move(event)); },
      call_.cancel());
}

void Run::work() noexcept {
  const base::BlockFileSizeSignal block;  // the threads of the run inherit it
  const base::TaskScope task(number_);
  std::optional<base::Result<refresh::Report>> result;
  try {
    result = refresh();
  } catch (...) {
    result = base::fail(base::exception_error());
  }
  Event ended = ended_event(*result, call_);
  {
    std::lock_guard lock(mutex_);
    if (*result) counts_ = (*result)->counts;
    result_ = std::move(result);
  }
  events_.push(std::move(ended));
  events_.close();
}

void Run::feed() {
  const base::TaskScope task(number_);
  hand_out(events_, call_.on_event(), call_.payload());
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

refresh::Counts Run::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

base::Result<std::shared_ptr<RefreshObject>> RefreshObject::start(
    std::shared_ptr<RepositoryObject> repository, refresh::RunConfig config, Call call) {
  const auto run = std::make_shared<Run>(std::move(repository), std::move(config), std::move(call));
  auto object = std::make_shared<RefreshObject>(run);
  object->has_callback_ = run->call().on_event() != nullptr;
  if (object->has_callback_)
    FRESHET_TRY(object->feeder_.start("freshet-events", [run] {
      run->feed();
      run->end();
    }));
  FRESHET_TRY(object->worker_.start("freshet-run", [run, alone = !object->has_callback_] {
    run->work();
    if (alone) run->end();
  }));
  return object;
}

RefreshObject::~RefreshObject() {
  run_->cancel();
  if (!worker_.joinable()) run_->events().close();  // it never began: the feeder waits for nobody
  const Wait wait(run_->number());
  for (base::Thread* thread : {&worker_, &feeder_}) {
    if (wait.allowed())
      thread->join();
    else
      thread->detach();  // the run waits for the caller: they end by themselves
  }
}

void RefreshObject::stop() {
  run_->cancel();
  const Wait wait(run_->number());
  if (wait.allowed()) run_->wait(-1);
}

base::Result<std::optional<freshet_event>> RefreshObject::next_event(std::int64_t timeout_ms) {
  if (has_callback_) return base::fail(Code::misuse, "its events go to a callback", "refresh");
  const Wait wait(run_->number());
  if (!wait.allowed() && timeout_ms != 0)
    return base::fail(Code::misuse, "its events are waited for from its own callback", "refresh");
  std::unique_lock lock(poll_mutex_, std::try_to_lock);
  if (!lock) return base::fail(Code::misuse, "another thread is polling its events", "refresh");
  switch (run_->events().pop(timeout_ms, last_)) {
    case EventQueue::Outcome::item:
      return std::optional(event_of(last_));
    case EventQueue::Outcome::ended:
      return std::optional<freshet_event>();
    case EventQueue::Outcome::timeout:
      break;
  }
  return base::fail(Code::timeout, "nothing happened in that time", "refresh");
}

base::Result<int> RefreshObject::event_descriptor() {
  if (has_callback_) return base::fail(Code::misuse, "its events go to a callback", "refresh");
  return run_->events().descriptor();
}

base::Status RefreshObject::wait(std::int64_t timeout_ms) const {
  const Wait wait(run_->number());
  if (!wait.allowed() && timeout_ms != 0)
    return base::fail(Code::misuse, "waited for from its own callback", "refresh");
  if (!run_->wait(timeout_ms)) return base::fail(Code::timeout, "goes on", "refresh");
  if (!run_->result()) return base::fail(run_->result().error());
  return {};
}

base::Status RefreshObject::wait_for_all() const {
  const base::Status ended = wait(-1);
  if (!ended) return run_->call().explain(ended.error());
  return run_->result()->cancelled ? run_->call().check() : ended;
}

base::Result<const refresh::Report*> RefreshObject::finished() const {
  if (!run_->ended()) return base::fail(Code::busy, "goes on", "refresh");
  if (!run_->result()) return base::fail(run_->result().error());
  return &*run_->result();
}

base::Result<int> RefreshObject::exit_code() const {
  if (!run_->ended()) return base::fail(Code::busy, "goes on", "refresh");
  return run_->result() ? run_->result()->exit_code() : 3;
}

base::Result<const refresh::ReportText*> RefreshObject::report() {
  FRESHET_ASSIGN(const refresh::Report* report, finished());
  std::lock_guard lock(report_mutex_);
  if (!report_) {
    FRESHET_ASSIGN(report_, refresh::ReportText::make(*report));
  }
  return report_.get();
}

base::Result<freshet_root_result> RefreshObject::next_root() {
  FRESHET_ASSIGN(const refresh::Report* report, finished());
  std::lock_guard lock(root_mutex_);
  if (!roots_) roots_.emplace(report->roots);
  FRESHET_ASSIGN(const auto line, roots_->next());
  root_ = line ? base::Json::parse(*line) : base::Json::object();
  return root_result_of(root_);
}

freshet_event event_of(const EventQueue::Item& item) {
  const Event& event = item.event;
  freshet_event out = FRESHET_EVENT_INIT;
  out.kind = static_cast<std::int32_t>(event.kind);
  out.outcome = event.kind == EventKind::root_done ? static_cast<std::int32_t>(event.outcome) : 0;
  out.level = event.level;
  out.time_ms = event.at.ms;
  out.done = event.done;
  out.total = event.total;
  out.dropped = item.dropped;
  out.source = event.source.c_str();
  out.uri = event.uri.c_str();
  out.message = event.message.c_str();
  out.reason = event.reason.c_str();
  out.status = static_cast<freshet_status>(event.status);
  out.subject = event.subject.c_str();
  out.retry_after_ms = event.retry_after_ms;
  out.attempts = event.attempts;
  return out;
}

}  // namespace freshet::capi
