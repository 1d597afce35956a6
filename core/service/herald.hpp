// core/service/herald.hpp - what a service says, and who hears it: its queue of events, and listeners.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/ports/clock.hpp"
#include "core/service/event_queue.hpp"

namespace freshet::service {

// Thread-safe.
class Herald {
 public:
  explicit Herald(const ports::Clock& clock) : clock_(clock) {}

  EventQueue& events() { return events_; }
  // Hears every event, too, as long as the returned token lives; on the thread of whoever pushes it.
  std::shared_ptr<sync::EventSink> listen(sync::EventSink sink);

  void push(sync::Event event) noexcept;

  // Secrets are masked here.
  struct News {
    sync::EventKind kind;
    std::string source, label, message{}, reason{};
    const base::Error* error = nullptr;
  };
  void tell(News news) noexcept;

 private:
  const ports::Clock& clock_;
  EventQueue events_{EventQueue::Ending::when_closed};
  std::mutex mutex_;
  std::vector<std::weak_ptr<sync::EventSink>> listeners_;  // guarded by mutex_
};

}  // namespace freshet::service
