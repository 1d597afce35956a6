// core/ports/executor.hpp - what the stages run on and wait with, so that a simulation can decide who
// goes on, and how long a wait is.
//
// In life these are the library's threads and the standard's condition variables, and no more.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"

namespace freshet::ports {

using Lock = std::unique_lock<std::mutex>;

// Waiting for what a mutex guards. Whoever changes that holds the mutex, or has held it, when it
// notifies.
class Condition {
 public:
  using Done = std::function<bool()>;  // called with the mutex held; may not throw
  virtual ~Condition() = default;
  virtual void notify_one() = 0;
  virtual void notify_all() = 0;
  virtual void wait(Lock& lock, const Done& done) = 0;
  // At most `time`, which no clock of the wall counts. Returns what `done` says in the end.
  virtual bool wait_for(Lock& lock, base::Millis time, const Done& done) = 0;
};

// One piece of work beside others. The owner calls its functions, one at a time; is_current() is
// for anybody.
class Task {
 public:
  virtual ~Task() = default;  // joins
  // Runs `body`, which debuggers see as `name` (a literal of at most 15 bytes); waits for an earlier
  // one first. What it throws is dropped. Fails with out_of_memory.
  virtual base::Status start(const char* name, std::function<void()> body) = 0;
  virtual void join() = 0;    // does nothing where none runs
  virtual void detach() = 0;  // it ends by itself
  virtual bool joinable() const = 0;
  virtual bool is_current() const = 0;  // the caller is this task
};

// Thread-safe. Outlives all that it makes.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual std::unique_ptr<Task> task() = 0;
  virtual std::unique_ptr<Condition> condition() = 0;
  virtual std::size_t parallelism() const = 0;  // tasks that run at once; at least 1

  // Others may go first here, as they may anywhere; a simulation lets them do so at such places
  // alone. Called without a lock.
  virtual void yield() {}

  // Waits for nothing but `time`.
  void pause(base::Millis time);
};

// The machine's own; lives as long as the program.
Executor& thread_executor();

}  // namespace freshet::ports
