// core/host/watch.hpp - calls of one plugin instance, each waited for as long as it lives, and left
// when it does not return.
//
// A call runs on a thread of its own. It owns what it works with, and comes into its caller's world
// by a Visit alone, which is closed when the caller leaves: a call that comes back later finds
// nothing to break. A sign of life is a visit, and each look at its Cancel, as every use of a sink, a
// request under way and cancelled() take it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/host/call.hpp"
#include "core/host/workers.hpp"

namespace freshet::host {

// What a call has of the one who waits for it.
class Visit {
 public:
  explicit Visit(const base::Cancel& asked);
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  // Raised, too, when the caller has left.
  const base::Cancel& cancel() const { return cancel_; }
  // Runs `body` in the caller's world, one at a time, unless the caller has left.
  template <typename Body>
  base::Status enter(Body&& body) {
    ++signs_->count;
    const std::lock_guard lock(mutex_);
    if (signs_->left) return base::fail(base::Code::cancelled, "the call was left");
    base::Status status = std::forward<Body>(body)();
    ++signs_->count;
    return status;
  }

 private:
  friend class Watch;
  struct Signs {
    std::atomic<std::uint64_t> count = 0;
    std::atomic<bool> left = false;
  };

  const std::shared_ptr<Signs> signs_ = std::make_shared<Signs>();
  const base::Cancel cancel_;
  std::mutex mutex_;
  std::condition_variable returned_;
  bool done_ = false;
};

// Thread-safe.
class Watch {
 public:
  Watch(std::shared_ptr<Workers> workers, std::shared_ptr<const Caller> caller)
      : workers_(std::move(workers)), caller_(std::move(caller)) {}

  // The result of `body`, a call of the plugin's function `what`; or an error when it was left, or
  // one before it was: the instance is then not called any more. `body` owns all that it touches.
  template <typename R>
  R call(std::string_view what, const base::Cancel& cancel, std::function<R(Visit&)> body) {
    FRESHET_TRY(begin(cancel));
    auto result = std::make_shared<std::optional<R>>();
    FRESHET_TRY(attend(what, cancel, [result, body = std::move(body)](Visit& visit) {
      try {
        result->emplace(body(visit));
      } catch (...) {
        result->emplace(base::fail(base::exception_error()));
      }
    }));
    return *std::move(*result);
  }

  // Closes `instance`, unless calls that were left still hold it: then the last of them does.
  void close(std::shared_ptr<void> instance) noexcept;

 private:
  using Body = std::function<void(Visit&)>;
  base::Status begin(const base::Cancel& cancel);
  base::Status attend(std::string_view what, const base::Cancel& cancel, Body body);
  // False: the call was left.
  bool wait_for(Visit& visit, std::string_view what, const base::Cancel& cancel) const;
  base::Status leave(std::string_view what, bool cancelled);
  void tell(int level, const std::string& line) const noexcept;

  const std::shared_ptr<Workers> workers_;
  const std::shared_ptr<const Caller> caller_;
  std::mutex mutex_;
  std::string left_in_;  // the function that did not return
  base::Cancel asked_;   // of the last call, which is the one to heed while closing
  std::atomic<bool> told_unwatched_ = false;
};

}  // namespace freshet::host
