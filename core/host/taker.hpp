// core/host/taker.hpp - the host's end of a sink that a plugin fills.
#pragma once

#include <mutex>
#include <utility>

#include "core/host/call.hpp"

namespace freshet::host {

// What most sinks have in common: one call at a time, and none after the first that is wrong.
class Taker {
 public:
  explicit Taker(const Caller& caller) : caller_(caller) {}
  Taker(const Taker&) = delete;
  Taker& operator=(const Taker&) = delete;
  base::Status take_status() { return std::move(status_); }

 protected:
  template <typename Body>
  freshet_status take(Body&& body) noexcept {
    const std::lock_guard lock(mutex_);
    take_safely(status_, [&] {
      if (status_) status_ = body();
    });
    return status_ ? FRESHET_OK : static_cast<freshet_status>(status_.error().code);
  }

  const Caller& caller_;

 private:
  std::mutex mutex_;
  base::Status status_;
};

}  // namespace freshet::host
