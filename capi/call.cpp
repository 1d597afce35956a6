#include "capi/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/event.hpp"
#include "core/base/file_size_signal.hpp"
#include "core/base/thread.hpp"
#include "core/ports/clock.hpp"

namespace freshet::capi {

using base::Code;
using base::Status;

struct Call::Limits {
  std::optional<base::Cancel> asked;  // the caller's own
  std::int64_t timeout_ms = -1;
  base::Millis end{0};
  std::atomic<bool> too_long{false};

  // What every look at the call's cancel asks.
  bool stop() {
    if (asked && asked->requested()) return true;
    if (timeout_ms < 0 || ports::system_clock().monotonic() < end) return false;
    too_long = true;
    return true;
  }
};

Call::Call(std::shared_ptr<Limits> limits, base::Cancel cancel)
    : limits_(std::move(limits)), cancel_(std::move(cancel)) {}

base::Result<Call> Call::take(const freshet_call_options* options) {
  constexpr std::int64_t most = std::int64_t{365} * 24 * 3600 * 1000;  // no clock overflows at it
  FRESHET_ASSIGN(const freshet_call_options given,
                 take_struct(options, freshet_call_options FRESHET_CALL_OPTIONS_INIT, "call"));
  auto limits = std::make_shared<Limits>();
  if (given.cancel != nullptr) {
    FRESHET_ASSIGN(const auto object, get(given.cancel));
    limits->asked = object->cancel;
  }
  if (given.timeout_ms >= 0) {
    limits->timeout_ms = std::min(given.timeout_ms, most);
    limits->end = ports::system_clock().monotonic() + base::Millis(limits->timeout_ms);
  }
  const bool limited = limits->asked || limits->timeout_ms >= 0;
  Call call(limits, limited ? base::Cancel([limits] { return limits->stop(); }) : base::Cancel());
  call.on_event_ = given.on_event;
  call.payload_ = given.payload;
  return call;
}

Code Call::stop_code() const { return limits_->too_long ? Code::timeout : Code::cancelled; }

tl::unexpected<base::Error> Call::explain(base::Error error) const {
  if (error.code != Code::cancelled || !cancel_.requested()) return base::fail(std::move(error));
  if (stop_code() == Code::cancelled) return base::fail(Code::cancelled, "was cancelled", "call");
  return base::fail(Code::timeout, fmt::format("did not end within {} ms", limits_->timeout_ms),
                    "call");
}

Status Call::check() const {
  if (!cancel_.requested()) return {};
  return explain({Code::cancelled, {}, {}, -1, 0, nullptr});
}

Status Call::run(const Body& body) const {
  FRESHET_TRY(check());
  Status status = body(cancel_);
  if (!status) return explain(std::move(status).error());
  return status;
}

Status Call::run(service::Runtime& runtime, const Body& body) const {
  if (on_event_ == nullptr) return run(body);
  return run([&](const base::Cancel&) { return run_heard(runtime, body); });
}

Status Call::run_heard(service::Runtime& runtime, const Body& body) const {
  const auto events = std::make_shared<service::EventQueue>();
  const auto lines =
      runtime.log().listen([events](int level, std::string_view plugin, std::string_view message) {
        events->push(service::log_event(level, plugin, message));
      });
  Status status;
  base::Thread worker;
  FRESHET_TRY(worker.start("freshet-call", [&] {
    const base::BlockFileSizeSignal block;
    status = base::guarded([&] { return body(cancel_); });
    events->close();
  }));
  hand_out(*events, on_event_, payload_);
  worker.join();
  return status;
}

}  // namespace freshet::capi

extern "C" {

using namespace freshet::capi;

FRESHET_API freshet_status freshet_cancel_new(freshet_cancel** out_cancel,
                                              freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> freshet::base::Status {
    FRESHET_TRY(ready(out_cancel, "out_cancel"));
    *out_cancel = make_handle<freshet_cancel>(std::make_shared<CancelObject>());
    return {};
  });
}

FRESHET_API freshet_status freshet_cancel_request(freshet_cancel* cancel,
                                                  freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> freshet::base::Status {
    FRESHET_ASSIGN(const auto object, get(cancel));
    object->cancel.request();
    return {};
  });
}

FRESHET_API void freshet_cancel_free(freshet_cancel* cancel) noexcept {
  guard_free([&] { take(cancel); });
}

}  // extern "C"
