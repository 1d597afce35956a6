// core/host/resting.hpp - objects that a plugin may keep pointers to: never freed, only handed out
// again.
#pragma once

#include <deque>
#include <mutex>
#include <new>

namespace freshet::host {

// Those that are over rest here, for a while at least, before they are used again: one that a plugin
// kept is found to be over, and not taken for its successor. Never destroyed, for plugins that
// outlive main().
template <typename T>
class Resting {
 public:
  static T* take() {
    {
      const std::lock_guard lock(all().mutex_);
      if (all().resting_.size() > least_resting) {
        T* one = all().resting_.front();
        all().resting_.pop_front();
        return one;
      }
    }
    return new T;
  }

  static void give_back(T* one) noexcept {
    const std::lock_guard lock(all().mutex_);
    try {
      all().resting_.push_back(one);
    } catch (const std::bad_alloc&) {  // never used again, then
    }
  }

 private:
  static constexpr std::size_t least_resting = 256;
  static Resting& all() {
    static Resting& one = *new Resting;
    return one;
  }

  std::mutex mutex_;
  std::deque<T*> resting_;
};

}  // namespace freshet::host
