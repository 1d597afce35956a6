// core/base/cancel.hpp - asking long work to stop, from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace freshet::base {

// Copies share one flag. The holder asks; the work looks, between steps, and leaves with
// Code::cancelled. A flag that was raised stays raised.
class Cancel {
 public:
  Cancel() : Cancel(nullptr) {}
  // Raised, too, from the first look on at which `also` says so: a caller's own flag, or a time
  // limit. It is called on any thread, and may not throw.
  explicit Cancel(std::function<bool()> also) : state_(std::make_shared<State>(std::move(also))) {}

  void request() const { state_->raised.store(true, std::memory_order_release); }
  bool requested() const {
    if (state_->raised.load(std::memory_order_acquire)) return true;
    if (!state_->also || !state_->also()) return false;
    request();
    return true;
  }

 private:
  struct State {
    explicit State(std::function<bool()> given) : also(std::move(given)) {}
    std::atomic<bool> raised{false};
    const std::function<bool()> also;
  };
  std::shared_ptr<State> state_;
};

}  // namespace freshet::base
