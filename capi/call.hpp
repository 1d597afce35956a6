// capi/call.hpp - one call that may block: who may stop it, how long it may take, who hears of it.
#pragma once

#include <functional>
#include <memory>

#include "capi/objects.hpp"
#include "core/base/cancel.hpp"

namespace freshet::capi {

// Copies are the same call. Thread-safe.
class Call {
 public:
  using Body = std::function<base::Status(const base::Cancel&)>;

  // Begins now: its time runs from here. NULL: no limits.
  static base::Result<Call> take(const freshet_call_options* options);

  // Runs `body`, unless it is to stop already, and says why where it was stopped. With a runtime
  // whose plugins log, and a callback, the body has a thread of its own, and the callback this one.
  base::Status run(const Body& body) const;
  base::Status run(service::Runtime& runtime, const Body& body) const;

  const base::Cancel& cancel() const { return cancel_; }
  freshet_event_callback on_event() const { return on_event_; }
  void* payload() const { return payload_; }
  // Why it stopped: cancelled or timeout.
  base::Code stop_code() const;
  // `error`, or what a caller is told where it is that the call was stopped.
  tl::unexpected<base::Error> explain(base::Error error) const;
  base::Status check() const;  // fails where it is to stop

 private:
  struct Limits;
  Call(std::shared_ptr<Limits> limits, base::Cancel cancel);
  base::Status run_heard(service::Runtime& runtime, const Body& body) const;

  std::shared_ptr<Limits> limits_;
  base::Cancel cancel_;
  freshet_event_callback on_event_ = nullptr;
  void* payload_ = nullptr;
};

}  // namespace freshet::capi
