// core/service/event_queue.hpp - the events of one run on their way to whoever reads them.
//
// A run never waits for a reader: when the queue is full the oldest event goes, progress and log
// lines before outcomes, and the start and end of things last. Nothing comes after the end of the
// run, where it has those of one run. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "core/base/descriptor.hpp"
#include "core/base/error.hpp"
#include "core/sync/event.hpp"

namespace freshet::service {

// A plugin's line as an event, now.
sync::Event log_event(int level, std::string_view plugin, std::string_view message);

class EventQueue {
 public:
  static constexpr std::size_t capacity = 1024;

  struct Item {
    sync::Event event;
    std::uint64_t dropped = 0;  // before it, since the last one read
  };
  enum class Outcome { item, timeout, ended };
  enum class Ending { with_its_run, when_closed };

  explicit EventQueue(Ending ending = Ending::with_its_run) : ending_(ending) {}

  void push(sync::Event event) noexcept;  // without memory it counts as dropped
  void close();                           // no more will come
  void reopen();                          // they will
  // Less than 0 ms: waits for ever.
  Outcome pop(std::int64_t timeout_ms, Item& out);
  // Readable while pop() would not wait. Made when it is first asked for; goes with the queue.
  base::Result<int> descriptor();

 private:
  void make_room();
  bool has_something() const { return closed_ || !events_.empty(); }
  void show();  // makes the descriptor say so

  const Ending ending_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<sync::Event> events_;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
  base::Descriptor descriptor_;
};

}  // namespace freshet::service
