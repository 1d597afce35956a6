#include "core/service/event_queue.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/system_error.hpp"
#include "core/ports/clock.hpp"

namespace freshet::service {
namespace {

using sync::Event;
using sync::EventKind;

bool is_chatter(const Event& event) {
  return event.kind == EventKind::progress || event.kind == EventKind::log;
}
bool is_outcome(const Event& event) {
  return event.kind == EventKind::root_done || event.kind == EventKind::delivery;
}

}  // namespace

Event log_event(int level, std::string_view plugin, std::string_view message) {
  Event event;
  event.kind = EventKind::log;
  event.at = ports::system_clock().now();
  event.source = plugin;
  event.message = message;
  event.level = level;
  return event;
}

void EventQueue::make_room() {
  auto oldest = std::find_if(events_.begin(), events_.end(), is_chatter);
  if (oldest == events_.end()) oldest = std::find_if(events_.begin(), events_.end(), is_outcome);
  if (oldest == events_.end()) oldest = events_.begin();
  events_.erase(oldest);
  ++dropped_;
}

void EventQueue::push(Event event) noexcept {
  std::lock_guard lock(mutex_);
  if (closed_) return;
  closed_ = event.kind == EventKind::run_ended && ending_ == Ending::with_its_run;
  if (events_.size() >= capacity) make_room();
  try {
    events_.push_back(std::move(event));
    filled_.notify_all();
  } catch (const std::bad_alloc&) {
    ++dropped_;
  }
  show();
}

void EventQueue::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  filled_.notify_all();
  show();
}

void EventQueue::reopen() {
  std::lock_guard lock(mutex_);
  closed_ = false;
  show();
}

// An event descriptor holds a number, and is readable while that is not 0.
void EventQueue::show() {
  if (!descriptor_.is_open()) return;
  std::uint64_t number = 1;
  if (has_something())
    (void)!::write(descriptor_.get(), &number, sizeof number);
  else
    (void)!::read(descriptor_.get(), &number, sizeof number);
}

base::Result<int> EventQueue::descriptor() {
  std::lock_guard lock(mutex_);
  if (descriptor_.is_open()) return descriptor_.get();
  descriptor_ = base::Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!descriptor_.is_open()) return base::fail_errno(errno, "cannot be made", "event descriptor");
  show();
  return descriptor_.get();
}

EventQueue::Outcome EventQueue::pop(std::int64_t timeout_ms, Item& out) {
  std::unique_lock lock(mutex_);
  const auto something = [&] { return has_something(); };
  constexpr std::int64_t most =
      std::int64_t{365} * 24 * 3600 * 1000;  // a deadline that no clock overflows at
  if (timeout_ms < 0) {
    filled_.wait(lock, something);
  } else if (!filled_.wait_for(lock, std::chrono::milliseconds(std::min(timeout_ms, most)),
                               something)) {
    return Outcome::timeout;
  }
  if (events_.empty()) return Outcome::ended;
  out = {std::move(events_.front()), dropped_};
  events_.pop_front();
  dropped_ = 0;
  if (!has_something()) show();
  return Outcome::item;
}

}  // namespace freshet::service
