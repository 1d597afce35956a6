// core/ports/queue.hpp - a bounded queue between two stages: it is what bounds the memory of a run.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "core/ports/executor.hpp"

namespace freshet::ports {

// Any number of tasks on both sides. push() waits while the queue is full, pop() while it is
// empty. close() ends it: pushes are refused, pops drain what is left and then return nothing.
template <typename T>
class BoundedQueue {
 public:
  BoundedQueue(Executor& executor, std::size_t capacity)
      : executor_(executor),
        capacity_(capacity > 0 ? capacity : 1),
        not_full_(executor.condition()),
        not_empty_(executor.condition()) {}

  // False when the queue was closed. The item stays the caller's then, and where this throws.
  bool push(T&& item) {
    executor_.yield();
    Lock lock(mutex_);
    not_full_->wait(lock, [&] { return closed_ || items_.size() < capacity_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    not_empty_->notify_one();
    return true;
  }

  std::optional<T> pop() {
    executor_.yield();
    Lock lock(mutex_);
    not_empty_->wait(lock, [&] { return closed_ || !items_.empty(); });
    return take();
  }

  // What comes within `time`.
  std::optional<T> pop_within(base::Millis time) {
    executor_.yield();
    Lock lock(mutex_);
    not_empty_->wait_for(lock, time, [&] { return closed_ || !items_.empty(); });
    return take();
  }

  // What is there now, without waiting.
  std::optional<T> try_pop() {
    Lock lock(mutex_);
    return take();
  }

  void close() {
    Lock lock(mutex_);
    closed_ = true;
    not_full_->notify_all();
    not_empty_->notify_all();
  }

  std::size_t size() const {
    Lock lock(mutex_);
    return items_.size();
  }

 private:
  std::optional<T> take() {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    not_full_->notify_one();
    return item;
  }

  Executor& executor_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  const std::unique_ptr<Condition> not_full_;
  const std::unique_ptr<Condition> not_empty_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace freshet::ports
