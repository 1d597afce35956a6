// core/service/notifier.hpp - tells people by webhooks what notices.hpp says they are to be told: it
// sends, and keeps in the repository what was sent.
//
// A webhook never holds up a run: one task sends, one message at a time, and what cannot be sent is told
// as a log line and tried again later.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/cancel.hpp"
#include "core/service/notices.hpp"
#include "core/service/plan.hpp"
#include "core/service/session.hpp"
#include "core/sync/report.hpp"

namespace freshet::service {

// Thread-safe, but that use(), work() and stop() are for one thread at a time.
class Notifier {
 public:
  // `told` hears what could not be sent, on the sending task, without a lock of the notifier.
  Notifier(const Session& session, std::function<void(const base::Error&)> told);
  ~Notifier() { stop(); }
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  void use(const Plan& plan);
  // A run of `source` (empty: the delivery of what is pending) has ended. `still_failing`: roots of it
  // failed in earlier runs and were not asked for in this one.
  void ended(const std::string& source, const base::Result<sync::Report>& result,
             bool still_failing, Instant now);
  void listed(const std::string& source, Instant listed, Instant now);
  // Whether a failure of `source` is what people were told of, or will be.
  bool minds_failure(const std::string& source) const;

  // How long what goes stale may be looked away from.
  Millis patience() const;
  void work(Instant now);  // begins to send where there is something
  void stop();             // cancels what is under way, and waits for it

 private:
  void send_all() noexcept;
  base::Status keep();
  base::Status send(const Message& message, const Hook& hook);
  base::Result<ports::HttpRequest> request_of(const Message& message, const Hook& hook) const;

  const Session& session_;
  const ports::Machine machine_;
  const std::function<void(const base::Error&)> told_;
  mutable std::mutex mutex_;
  Notices notices_;
  Instant since_;      // before that no source was missed
  bool news_ = false;  // not kept yet
  bool busy_ = false;
  base::Cancel cancel_;
  std::unique_ptr<ports::Task> task_;
};

}  // namespace freshet::service
