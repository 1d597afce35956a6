// core/base/cancel.hpp - asking long work to stop, from any thread.
#pragma once

#include <atomic>
#include <memory>

namespace freshet::base {

// Copies share one flag. The holder asks; the work looks, between steps, and leaves with
// Code::cancelled. A flag that was raised stays raised.
class Cancel {
 public:
  Cancel() : flag_(std::make_shared<std::atomic<bool>>(false)) {}
  void request() const { flag_->store(true, std::memory_order_release); }
  bool requested() const { return flag_->load(std::memory_order_acquire); }

 private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

}  // namespace freshet::base
