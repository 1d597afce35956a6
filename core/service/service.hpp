// core/service/service.hpp - keeps the sources of a configuration fresh until it is stopped: the agenda
// says what to run, this runs it.
//
// One task looks at the clock, and at whether anybody has written to the repository; each run has a
// task of its own. What is to be remembered is in the repository, so one that was killed goes on where
// it was.
#pragma once

#include <functional>
#include <memory>

#include "core/base/json.hpp"
#include "core/service/event_queue.hpp"
#include "core/service/plan.hpp"
#include "core/service/session.hpp"

namespace freshet::service {

class ServiceCore;

// Thread-safe.
class Service {
 public:
  // Checks the configuration; nothing runs yet.
  static base::Result<std::shared_ptr<Service>> open(std::shared_ptr<Session> session,
                                                     const base::Json& config);
  ~Service();  // stops, and waits unless a run waits for the caller
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  base::Status start();  // also after a stop; fails with busy where it runs already
  // Begins nothing more, cancels what is under way, and waits for it; less than 0 ms: for ever. Fails with
  // timeout where something goes on: it ends by itself, and stopping again waits again. Fails with
  // misuse in a callback of a run of its own.
  base::Status stop(std::int64_t timeout_ms);
  // A run with a listing, as soon as may be, of the source of that name; "": of all.
  base::Status trigger(const std::string& source);
  // Where the configuration is wrong, or `accept` says so, the running one goes on. What is under
  // way ends as it began.
  base::Status reload(const base::Json& config,
                      const std::function<base::Status(const Plan&)>& accept = {});
  base::Result<base::Json> statistics() const;
  // Of all its runs, and their beginnings and ends; they end when the service has stopped.
  EventQueue& events();
  // Hears every event, too, as long as the returned token lives; on the runs' threads. Must not wait.
  std::shared_ptr<sync::EventSink> listen(sync::EventSink sink);
  std::shared_ptr<const Plan> plan() const;  // of the present configuration

 private:
  explicit Service(std::shared_ptr<ServiceCore> core) : core_(std::move(core)) {}
  const std::shared_ptr<ServiceCore> core_;
};

}  // namespace freshet::service
