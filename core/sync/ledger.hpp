// core/sync/ledger.hpp - keeps the account of a run while its stages work, and tells the world.
//
// Nothing here throws: what there is no memory to note in full is counted all the same, and the
// account says that something is missing.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/ports/machine.hpp"
#include "core/sync/activity.hpp"
#include "core/sync/event.hpp"
#include "core/sync/label.hpp"
#include "core/sync/report.hpp"

namespace freshet::sync {

// What the events of a run are called for people.
struct Labeller {
  Labels labels;
  std::string name_space, sources,
      started;  // `sources`: the names of the run's, for events of none

  std::string label(const Event& event) const;
};

// Thread-safe.
class Ledger {
 public:
  Ledger(const ports::Machine& machine, EventSink sink, std::shared_ptr<RootLog> roots,
         Labeller labeller = {}, ActivitySink activities = {});

  void tell(Event event) noexcept;
  void log(int level, std::string message) noexcept;

  // A root has its outcome. `error` may be null.
  void root_done(const std::string& source, const std::string& uri, Outcome outcome,
                 std::string_view reason, const Attempts& attempts = 1,
                 const base::Error* error = nullptr) noexcept;
  // Many roots were skipped at once: counted, not logged one by one.
  void skipped(std::uint64_t roots) noexcept;
  // The same of roots that their listing found as they were.
  void unchanged(std::uint64_t roots) noexcept;
  void reconsider(std::uint64_t roots) noexcept;  // that were skipped: they get another outcome
  void listed(std::uint64_t roots) noexcept;      // more roots are known to be looked at
  void progress() noexcept;                       // tells how many are done, and known
  void add(const Counts& counts);                 // everything else that is counted
  void error(const base::Error& error) noexcept;  // of the run itself

  // Around a piece of work: `describe` makes an Activity of it, whose times are known here. Where nobody traces
  // the run, both only look whether there is a sink.
  base::Instant activity_begins() const noexcept {
    return activities_ ? clock_.now() : base::unset;
  }
  template <typename Describe>
  void activity_ended(base::Instant began, Describe&& describe) noexcept {
    if (activities_) tell_activity(began, std::ref(describe));
  }

  // Work handed to the repository's writer that has not come back yet.
  void begin_write();
  void end_write();
  void wait_for_writes(const std::function<void()>& hurry = {});  // called where there are any

  Counts counts() const;
  std::vector<base::Error> errors() const;
  std::vector<RootFailure> failures() const;  // the first
  std::vector<RootRetry> retried() const;     // the first

 private:
  void describe(const std::string& source, const std::string& uri, Outcome outcome,
                std::string_view reason, const Attempts& attempts, const base::Error* error,
                Event& event);
  void note_gap() noexcept;
  void tell_activity(base::Instant began, const std::function<Activity()>& describe) noexcept;

  const ports::Clock& clock_;
  const EventSink sink_;
  const Labeller labeller_;
  const ActivitySink activities_;
  const std::shared_ptr<RootLog> roots_;
  mutable std::mutex mutex_;
  std::mutex tell_mutex_;  // one event at a time
  const std::unique_ptr<ports::Condition> writes_done_;
  Counts counts_;
  std::vector<base::Error> errors_;
  std::vector<RootFailure> failures_;
  std::vector<RootRetry> retried_;
  std::uint64_t writes_ = 0;
  bool gap_ = false;  // there was no memory to note something
};

}  // namespace freshet::sync
