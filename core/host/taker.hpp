// core/host/taker.hpp - the host's end of a sink that a plugin fills.
//
// The payload that a plugin gets is never freed, only lent again: a sink that is used after its call
// is found closed, and returns FRESHET_E_MISUSE instead of writing into somebody's memory.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "core/host/call.hpp"
#include "core/host/resting.hpp"

namespace freshet::host {

// What takers have in common: nothing is taken after the first thing that is wrong.
class Taker {
 public:
  Taker(std::shared_ptr<const Caller> caller, const base::Cancel& cancel)
      : shared_caller_(std::move(caller)), caller_(*shared_caller_), cancel_(cancel) {}
  Taker(const Taker&) = delete;
  Taker& operator=(const Taker&) = delete;
  base::Status take_status() { return std::move(status_); }
  const std::shared_ptr<const Caller>& shared_caller() const { return shared_caller_; }

  template <typename Body>
  freshet_status take(Body&& body) noexcept {
    cancel_.requested();  // a look is a sign of life
    take_safely(status_, [&] {
      if (status_) status_ = body();
    });
    return status_ ? FRESHET_OK : static_cast<freshet_status>(status_.error().code);
  }

 private:
  const std::shared_ptr<const Caller> shared_caller_;

 protected:
  const Caller& caller_;
  const base::Cancel& cancel_;
  base::Status status_;
};

// What a plugin has of a taker.
template <typename T>
struct SinkEnd {
  std::mutex mutex;
  T* taker = nullptr;                  // null: the call is over
  std::weak_ptr<const Caller> caller;  // of the last call
};

// Lends a taker to one call of a plugin. The end of it waits for a use that is under way.
template <typename T>
class Lent {
 public:
  explicit Lent(T& taker) : end_(Resting<SinkEnd<T>>::take()) {
    const std::lock_guard lock(end_->mutex);
    end_->taker = &taker;
    end_->caller = taker.shared_caller();
  }
  ~Lent() {
    {
      const std::lock_guard lock(end_->mutex);
      end_->taker = nullptr;
    }
    Resting<SinkEnd<T>>::give_back(end_);
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  auto sink() const { return T::sink(end_); }

 private:
  SinkEnd<T>* end_;
};

// Runs `body` with the taker behind `payload`, one at a time, unless its call is over.
template <typename T, typename Body>
freshet_status reach(void* payload, Body&& body) noexcept {
  auto& end = *static_cast<SinkEnd<T>*>(payload);
  const std::lock_guard lock(end.mutex);
  if (end.taker == nullptr) {
    tell_late(end.caller, "used a sink after the call that it was for");
    return FRESHET_E_MISUSE;
  }
  return end.taker->take([&] { return body(*end.taker); });
}

}  // namespace freshet::host
