#include "core/host/workers.hpp"

#include <new>
#include <utility>

namespace freshet::host {

struct Workers::Worker {
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> job;
  bool ends = false;
  base::Thread thread;

  void work() {
    for (;;) {
      std::function<void()> next;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return job || ends; });
        if (!job) return;
        next = std::exchange(job, nullptr);
      }
      next();
    }
  }
  void end() {
    {
      const std::lock_guard lock(mutex);
      ends = true;
    }
    changed.notify_one();
  }
};

Workers::~Workers() {
  if (::getpid() != process_) {
    for (const auto& worker : idle_) worker->thread.detach();
    return;
  }
  for (const auto& worker : idle_) worker->end();
  for (const auto& worker : idle_) worker->thread.join();
}

std::shared_ptr<Workers::Worker> Workers::take_idle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto worker = std::move(idle_.back());
  idle_.pop_back();
  return worker;
}

std::shared_ptr<Workers::Worker> Workers::run(std::function<void()>& job) {
  if (::getpid() != process_) return nullptr;
  std::shared_ptr<Worker> worker = take_idle();
  if (worker == nullptr) {
    worker = std::make_shared<Worker>();
    // The thread keeps its worker: it may outlive everybody else.
    if (!worker->thread.start("freshet-plugin", [worker] { worker->work(); })) return nullptr;
  }
  {
    const std::lock_guard lock(worker->mutex);
    worker->job = std::exchange(job, nullptr);
  }
  worker->changed.notify_one();
  return worker;
}

void Workers::give_back(std::shared_ptr<Worker> worker) noexcept {
  const std::lock_guard lock(mutex_);
  try {
    idle_.push_back(worker);
  } catch (const std::bad_alloc&) {  // it ends, then
    leave(*worker);
  }
}

void Workers::leave(Worker& worker) {
  worker.end();
  worker.thread.detach();
}

}  // namespace freshet::host
