#include "capi/refresh_object.hpp"

#include "capi/event.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using service::EventQueue;
using service::Wait;

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
  out.outcome = number_of(text_in(root, "outcome"), FRESHET_OUTCOME_EXCLUDED, sync::outcome_name);
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

base::Result<std::shared_ptr<RefreshObject>> RefreshObject::start(
    std::shared_ptr<RepositoryObject> repository, sync::RunConfig config, Call call,
    std::optional<telemetry::TraceContext> context) {
  const auto run = std::make_shared<service::Run>(
      std::move(repository), std::move(config), call.cancel(), [call] { return call.stop_code(); },
      std::move(context));
  auto object = std::make_shared<RefreshObject>(run, call);
  if (object->has_callback())
    FRESHET_TRY(object->feeder_.start("freshet-events", [run, call] {
      const base::TaskScope task(run->number());
      hand_out(run->events(), call.on_event(), call.payload());
      run->end();
    }));
  FRESHET_TRY(object->worker_.start("freshet-run", [run, alone = !object->has_callback()] {
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
  if (has_callback()) return base::fail(Code::misuse, "its events go to a callback", "refresh");
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
  if (has_callback()) return base::fail(Code::misuse, "its events go to a callback", "refresh");
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
  if (!ended) return call_.explain(ended.error());
  return run_->result()->cancelled ? call_.check() : ended;
}

base::Result<const sync::Report*> RefreshObject::finished() const {
  if (!run_->ended()) return base::fail(Code::busy, "goes on", "refresh");
  if (!run_->result()) return base::fail(run_->result().error());
  return &*run_->result();
}

base::Result<int> RefreshObject::exit_code() const {
  if (!run_->ended()) return base::fail(Code::busy, "goes on", "refresh");
  return run_->result() ? run_->result()->exit_code() : 3;
}

base::Result<const sync::ReportText*> RefreshObject::report() {
  FRESHET_ASSIGN(const sync::Report* report, finished());
  std::lock_guard lock(report_mutex_);
  if (!report_) {
    FRESHET_ASSIGN(report_, sync::ReportText::make(*report));
  }
  return report_.get();
}

base::Result<freshet_root_result> RefreshObject::next_root() {
  FRESHET_ASSIGN(const sync::Report* report, finished());
  std::lock_guard lock(root_mutex_);
  if (!roots_) roots_.emplace(report->roots);
  FRESHET_ASSIGN(const auto line, roots_->next());
  root_ = line ? base::Json::parse(*line) : base::Json::object();
  return root_result_of(root_);
}

}  // namespace freshet::capi
