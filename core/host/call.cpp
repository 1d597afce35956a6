#include "core/host/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>
#include "core/base/json_memory.hpp"

#include "core/base/file_size_signal.hpp"
#include "core/host/resting.hpp"

struct freshet_call {
  std::mutex mutex;
  std::shared_ptr<freshet::host::CallState> state;    // null: over
  std::weak_ptr<const freshet::host::Caller> caller;  // of the last one
};

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

// Hands out a call, and takes it back whatever happens.
class Scope {
 public:
  explicit Scope(std::shared_ptr<CallState> state) : call_(Resting<freshet_call>::take()) {
    const std::lock_guard lock(call_->mutex);
    call_->caller = state->caller;
    call_->state = std::move(state);
  }
  ~Scope() {
    {
      const std::lock_guard lock(call_->mutex);
      call_->state.reset();
    }
    Resting<freshet_call>::give_back(call_);
  }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  freshet_call* call() const { return call_; }

 private:
  freshet_call* call_;
};

// Runs plugin code; what it throws becomes a noted failure.
freshet_status run(CallState& state, freshet_call* call, std::string_view what,
                   const std::function<freshet_status(freshet_call*)>& function) {
  base::Error thrown{Code::plugin, {}, state.caller->plugin, -1, 0, nullptr};
  try {
    return function(call);
  } catch (const std::bad_alloc&) {
    thrown.code = Code::out_of_memory;
    thrown.message = "out of memory";
  } catch (const std::exception& problem) {
    thrown.message = fmt::format("{} threw an exception: {}", what, problem.what());
  } catch (...) {
    thrown.message = fmt::format("{} threw an exception of an unknown type", what);
  }
  const auto status = static_cast<freshet_status>(thrown.code);
  note_failure(state, std::move(thrown));
  return status;
}

// Null: there are none.
std::shared_ptr<const std::vector<base::Error>> shared(std::vector<base::Error> errors) {
  if (errors.empty()) return nullptr;
  return std::make_shared<const std::vector<base::Error>>(std::move(errors));
}

base::Status finish(CallState& state, freshet_status status, CallNotes* out_notes) {
  const std::lock_guard lock(state.mutex);
  if (status == FRESHET_OK) {
    if (out_notes == nullptr) return {};
    if (state.failed) out_notes->said = state.failure.message;
    out_notes->earlier = shared(std::move(state.earlier));
    return {};
  }
  const auto code = static_cast<Code>(status);
  if (base::code_name(code) == "unknown")
    return broken(*state.caller, fmt::format("returned {}, which is no status{}", status,
                                             state.failed ? ": " + state.failure.message : ""));
  if (!state.failed && code == Code::cancelled && state.cancel.requested())
    return fail(code, "cancelled", state.caller->plugin);  // the host knows why
  base::Error error =
      state.failed ? state.failure : base::make_error(code, "failed without saying why");
  error.code = code;
  if (error.subject.empty()) error.subject = state.caller->plugin;
  if (error.retry_after_ms < 0 && base::is_transient(code))
    error.retry_after_ms = state.asked_to_wait_ms;
  return fail(std::move(error));
}

void collect_origins(const nlohmann::json& value, const ports::Http& http,
                     std::vector<std::string>& origins) {
  if (value.is_structured()) {
    for (const auto& each : value) collect_origins(each, http, origins);
    return;
  }
  if (!value.is_string()) return;
  const auto url = http.resolve({}, value.get_ref<const std::string&>());
  if (!url) return;
  const std::size_t host = url->find("://");
  if (host == std::string::npos) return;
  std::string origin = url->substr(0, url->find_first_of("/?#", host + 3));
  if (std::find(origins.begin(), origins.end(), origin) == origins.end())
    origins.push_back(std::move(origin));
}

}  // namespace

std::shared_ptr<CallState> state_of(freshet_call* call) {
  if (call == nullptr) return nullptr;
  const std::lock_guard lock(call->mutex);
  if (call->state == nullptr) tell_late(call->caller, "used a call after it was over");
  return call->state;
}

void tell_late(std::weak_ptr<const Caller>& caller, std::string_view what) noexcept {
  base::Status untold;
  take_safely(untold, [&] {
    if (const auto still = std::exchange(caller, {}).lock())
      log(still->services, FRESHET_LOG_WARNING, still->plugin, what);
  });
}

void note_failure(CallState& state, base::Error error) {
  base::Error safe = safe_error(std::move(error));
  const std::lock_guard lock(state.mutex);
  state.failed = true;
  state.failure = std::move(safe);
}

void note_attempt(CallState& state, const base::Error& error) {
  constexpr std::size_t most = 20;
  base::Error safe = safe_error(error);
  const std::lock_guard lock(state.mutex);
  if (state.earlier.size() < most) state.earlier.push_back(std::move(safe));
}

base::Status call_plugin(const std::shared_ptr<const Caller>& caller, std::string_view what,
                         const base::Cancel& cancel,
                         const std::function<freshet_status(freshet_call*)>& function,
                         CallNotes* out_notes) {
  const base::BlockFileSizeSignal block;  // plugins write, on whatever thread
  auto state = std::make_shared<CallState>();
  state->caller = caller;
  state->cancel = cancel;
  const Scope scope(state);
  const freshet_status status = run(*state, scope.call(), what, function);
  return finish(*state, status, out_notes);
}

tl::unexpected<base::Error> broken(const Caller& caller, std::string message) {
  return fail(Code::plugin, safe_line(message), caller.plugin);
}

std::vector<std::string> origins_in(const nlohmann::json& options, const ports::Http& http) {
  std::vector<std::string> origins;
  collect_origins(options, http, origins);
  return origins;
}

}  // namespace freshet::host
