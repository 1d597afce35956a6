// core/base/thread.hpp - a thread of the library.
//
// The one place that starts threads: where none can be had that is a Status, what a body throws
// does not end the process, and the stack has the same size on every system (docs/threads.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/error.hpp"

namespace freshet::base {

// Enough for the deepest parse and for plugins; a system's own default may be 128 KiB.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::size_t thread_stack_bytes = 16u << 20;  // a sanitizer's frames are larger
#else
inline constexpr std::size_t thread_stack_bytes = 2u << 20;
#endif

class Thread {
 public:
  Thread() = default;
  ~Thread() { join(); }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  // Runs `body` on a new thread that debuggers show as `name` (at most 15 bytes); waits for an
  // earlier one first. A body has to tell those who wait for it how it failed: what it throws is
  // dropped. Fails with out_of_memory, also where the system's limit of threads is reached.
  Status start(const char* name, std::function<void()> body);
  void join();    // does nothing where none runs
  void detach();  // it ends by itself
  bool joinable() const { return joinable_; }
  bool is_current() const;  // the caller runs on this thread

 private:
  struct State;
  static void* run(void* state);
  std::shared_ptr<State> state_;
  std::uintptr_t id_ = 0;
  bool joinable_ = false;
};

// Runs `body` where there is stack enough for a deep parse: on the calling thread, or else on one of
// its own, which it waits for. What it throws is its failure.
Status run_with_stack(const std::function<Status()>& body);

// How many threads the machine runs at once; at least 1.
std::size_t hardware_threads();

// The task that the calling thread works for, a number of its owner's; 0: none. Threads inherit it
// from the thread that starts them.
std::uint64_t current_task();

// The calling thread works for `task` as long as this lives.
class TaskScope {
 public:
  explicit TaskScope(std::uint64_t task);
  ~TaskScope();
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

 private:
  const std::uint64_t before_;
};

}  // namespace freshet::base
