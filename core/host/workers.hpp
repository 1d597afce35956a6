// core/host/workers.hpp - threads that are lent for one job at a time, and may be left with it.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/base/thread.hpp"

namespace freshet::host {

// Keeps the threads for the next jobs; ends with all but those that were left. Thread-safe.
class Workers {
 public:
  struct Worker;

  Workers() = default;
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // The thread that now runs `job`, which is moved from; or null, and `job` is as it was, where no
  // thread can be had. A process that was forked has none of its parent's, and gets none.
  std::shared_ptr<Worker> run(std::function<void()>& job);
  // Its job is done, or as good as done.
  void give_back(std::shared_ptr<Worker> worker) noexcept;
  // Nobody waits for its job any more; the thread ends with it.
  static void leave(Worker& worker);

 private:
  std::shared_ptr<Worker> take_idle();

  const pid_t process_ = ::getpid();
  std::mutex mutex_;
  std::vector<std::shared_ptr<Worker>> idle_;
};

using WorkersPtr = std::shared_ptr<Workers>;

}  // namespace freshet::host
