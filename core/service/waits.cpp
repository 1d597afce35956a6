#include "core/service/waits.hpp"

#include <atomic>
#include <mutex>

#include "core/base/thread.hpp"

namespace freshet::service {
namespace {

// Never destroyed: at the end of a program runs may still go on.
std::mutex& waits_mutex() {
  static std::mutex& mutex = *new std::mutex;
  return mutex;
}

Wait* first = nullptr;  // of those that are allowed and made by a run; guarded by waits_mutex()

}  // namespace

std::uint64_t new_run_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

Wait::Wait(std::uint64_t run) : by_(base::current_task()), for_(run) {
  if (by_ == 0) return;  // a thread of the application: no run waits for it
  const std::lock_guard lock(waits_mutex());
  allowed_ = !reaches(for_, by_);
  if (!allowed_) return;
  next_ = first;
  if (next_ != nullptr) next_->previous_ = this;
  first = this;
}

Wait::~Wait() {
  if (by_ == 0 || !allowed_) return;
  const std::lock_guard lock(waits_mutex());
  (previous_ != nullptr ? previous_->next_ : first) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
}

// Whether `from` is `to`, or waits for it through others. What is noted has no circles, so this
// ends.
bool Wait::reaches(std::uint64_t from, std::uint64_t to) {
  if (from == to) return true;
  for (const Wait* wait = first; wait != nullptr; wait = wait->next_)
    if (wait->by_ == from && reaches(wait->for_, to)) return true;
  return false;
}

}  // namespace freshet::service
