// core/service/service_core.hpp - the service itself: what its parts share, and the loop around them.
//
//   service_core.cpp        its life: start, stop, another configuration, the loop
//   service_runs.cpp        one run, from its beginning to what is learnt from it
//   service_statistics.cpp  what it says of itself
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/service/account.hpp"
#include "core/service/facts.hpp"
#include "core/service/folders.hpp"
#include "core/service/herald.hpp"
#include "core/service/notifier.hpp"
#include "core/service/session.hpp"
#include "core/service/waits.hpp"
#include "core/sync/engine.hpp"

namespace freshet::service {

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
class ServiceCore : public std::enable_shared_from_this<ServiceCore> {
 public:
  ServiceCore(std::shared_ptr<Session> session, std::shared_ptr<const Plan> plan,
              std::uint64_t seed)
      : session_(std::move(session)),
        machine_(session_->repository->machine()),
        seed_(seed),
        changed_(machine_.executor.condition()),
        herald_(machine_.clock),
        notifier_(*session_, [this](const base::Error& error) {
          herald_.events().push(log_event(sync::log_warning, "", base::to_string(error)));
        }) {
    use(std::move(plan));
  }

  base::Status start();
  base::Status stop(std::int64_t timeout_ms);
  void abandon();
  base::Status trigger(const std::string& source);
  base::Status reload(const base::Json& config,
                      const std::function<base::Status(const Plan&)>& accept);
  base::Result<base::Json> statistics() const;
  Herald& herald() { return herald_; }
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
  void tell_blind(std::optional<std::size_t> source, const base::Error& error) noexcept;
  Millis patience() const;
  void look();
  bool is_time() const;
  base::Status learn();
  void launch(const Start& start);
  void work(Job& job) noexcept;
  base::Result<sync::Report> run(Job& job);
  // Returns when its listing, which failed, is to be tried again.
  std::optional<Instant> settle(Job& job, const base::Result<sync::Report>& result);
  bool still_failing(const Job& job) const;
  void remember_failure(const Job& job, Instant retry) const noexcept;
  void reap();
  base::Json source_json(std::size_t index, Instant now) const;
  std::string label_of_run(const std::string& source) const;
  void tell(sync::EventKind kind, const std::string& source, std::string message,
            std::string reason, const base::Error* error = nullptr) noexcept;

  const std::shared_ptr<Session> session_;
  const ports::Machine machine_;
  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  const std::unique_ptr<ports::Condition> changed_;
  Herald herald_;  // its lock is taken last
  std::shared_ptr<const Plan> plan_;
  std::optional<Agenda> agenda_;
  std::map<base::Digest, Watched> watched_;  // by source; those of earlier configurations, too
  std::list<Job> jobs_;
  std::unique_ptr<ports::Task> control_;
  bool running_ = false, stopping_ = false, woken_ = false;
  std::uint64_t starts_ = 0;
  Instant since_;
  Account account_;
  std::uint64_t reloads_ = 0;
  std::string reload_error_;
  std::string look_error_;
  // The last look: when, at which commit, and when the next one is due.
  Instant looked_;
  Millis looked_ticks_{0}, look_again_{0};
  std::uint64_t commit_ = 0;
  Folders folders_;
  Notifier notifier_;
};

}  // namespace freshet::service
