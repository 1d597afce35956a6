#include "core/host/watch.hpp"

#include <fmt/format.h>

#include <chrono>

#include "core/base/silence.hpp"
#include "core/base/thread.hpp"
#include "core/host/patience.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;
using base::Status;

constexpr std::chrono::milliseconds look_every{100};

}  // namespace

Visit::Visit(const base::Cancel& asked)
    : cancel_([signs = signs_, asked] {
        ++signs->count;
        return signs->left || asked.requested();
      }) {}

Status Watch::begin(const base::Cancel& cancel) {
  const std::lock_guard lock(mutex_);
  asked_ = cancel;
  if (left_in_.empty()) return {};
  return fail(Code::plugin, "is not called any more: " + left_in_ + " did not return",
              caller_->plugin);
}

Status Watch::attend(std::string_view what, const base::Cancel& cancel, Body body) {
  const auto visit = std::make_shared<Visit>(cancel);
  std::function<void()> job = [visit, body = std::move(body), task = base::current_task(),
                               silent = base::is_silent]() mutable {
    const base::TaskScope scope(task);
    const base::SilenceScope silence(silent);
    body(*visit);
    body = nullptr;  // nothing is held any more when the caller goes on
    const std::lock_guard lock(visit->mutex_);
    visit->done_ = true;
    visit->returned_.notify_one();
  };
  std::shared_ptr<Workers::Worker> worker = workers_->run(job);
  if (worker == nullptr) {
    if (!told_unwatched_.exchange(true))
      tell(FRESHET_LOG_WARNING, "is not watched: there are too few threads");
    job();
    return {};
  }
  if (wait_for(*visit, what, cancel)) {
    workers_->give_back(std::move(worker));
    return {};
  }
  Workers::leave(*worker);
  return leave(what, cancel.requested());
}

bool Watch::wait_for(Visit& visit, std::string_view what, const base::Cancel& cancel) const {
  const CallLimits& limits = caller_->services.limits;
  const ports::Clock& clock = caller_->services.clock;
  Patience patience(limits, clock.monotonic());
  std::unique_lock lock(visit.mutex_);
  while (!visit.returned_.wait_for(lock, look_every, [&] { return visit.done_; })) {
    switch (patience.look(clock.monotonic(), visit.signs_->count, cancel.requested())) {
      case Patience::Word::wait:
        break;
      case Patience::Word::tell:
        lock.unlock();
        tell(
            FRESHET_LOG_WARNING,
            fmt::format("{} has shown no sign of life for {}; it is left after {}", what,
                        base::format_duration(limits.telling), base::format_duration(limits.idle)));
        lock.lock();
        break;
      case Patience::Word::leave:
        visit.signs_->left = true;
        return false;
    }
  }
  return true;
}

Status Watch::leave(std::string_view what, bool cancelled) {
  const CallLimits& limits = caller_->services.limits;
  {
    const std::lock_guard lock(mutex_);
    left_in_ = what;
  }
  const std::string line = cancelled
                               ? fmt::format("cancelled; {} did not return within {}", what,
                                             base::format_duration(limits.grace))
                               : fmt::format("{} did not return, and showed no sign of life for {}",
                                             what, base::format_duration(limits.idle));
  tell(FRESHET_LOG_WARNING, line);
  return fail(cancelled ? Code::cancelled : Code::timeout, line, caller_->plugin);
}

void Watch::close(std::shared_ptr<void> instance) noexcept {
  Status closed;
  take_safely(closed, [&] {
    base::Cancel asked;
    {
      const std::lock_guard lock(mutex_);
      asked = asked_;
    }
    closed = attend("close", asked, [held = std::move(instance)](Visit&) mutable { held.reset(); });
  });
}

void Watch::tell(int level, const std::string& line) const noexcept {
  Status untold;
  take_safely(untold, [&] { log(caller_->services, level, caller_->plugin, line); });
}

}  // namespace freshet::host
