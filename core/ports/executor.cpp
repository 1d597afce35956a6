#include "core/ports/executor.hpp"

#include <condition_variable>
#include <utility>

#include "core/base/thread.hpp"

namespace freshet::ports {
namespace {

class ThreadCondition : public Condition {
 public:
  void notify_one() override { condition_.notify_one(); }
  void notify_all() override { condition_.notify_all(); }
  void wait(Lock& lock, const Done& done) override { condition_.wait(lock, done); }
  bool wait_for(Lock& lock, base::Millis time, const Done& done) override {
    return condition_.wait_for(lock, time, done);
  }

 private:
  std::condition_variable condition_;
};

class ThreadTask : public Task {
 public:
  base::Status start(const char* name, std::function<void()> body) override {
    return thread_.start(name, std::move(body));
  }
  void join() override { thread_.join(); }
  void detach() override { thread_.detach(); }
  bool joinable() const override { return thread_.joinable(); }
  bool is_current() const override { return thread_.is_current(); }

 private:
  base::Thread thread_;
};

class ThreadExecutor : public Executor {
 public:
  std::unique_ptr<Task> task() override { return std::make_unique<ThreadTask>(); }
  std::unique_ptr<Condition> condition() override { return std::make_unique<ThreadCondition>(); }
  std::size_t parallelism() const override { return base::hardware_threads(); }
};

}  // namespace

void Executor::pause(base::Millis time) {
  std::mutex mutex;
  Lock lock(mutex);
  condition()->wait_for(lock, time, [] { return false; });
}

Executor& thread_executor() {
  static ThreadExecutor executor;
  return executor;
}

}  // namespace freshet::ports
