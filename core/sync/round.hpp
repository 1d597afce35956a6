// core/sync/round.hpp - waits for some of the roots that a run has sent through its stages.
#pragma once

#include <memory>
#include <mutex>

#include "core/sync/state.hpp"

namespace freshet::sync {

class Round : public std::enable_shared_from_this<Round> {
 public:
  explicit Round(const Run& run)
      : ledger_(run.ledger),
        repository_(run.repository()),
        ended_(run.repository().machine().executor.condition()) {}

  // For an item: it is under way as long as it has one.
  std::shared_ptr<const void> token() {
    {
      std::lock_guard lock(mutex_);
      ++under_way_;
    }
    // Where there is no memory for it, it ends at once.
    return {this, [round = shared_from_this()](const void*) { round->end(); }};
  }

  // Until each of them has its outcome, and that is committed.
  void wait() {
    {
      ports::Lock lock(mutex_);
      ended_->wait(lock, [&] { return under_way_ == 0; });
    }
    ledger_.wait_for_writes([this] { repository_.write_now(); });
  }

 private:
  void end() {
    std::lock_guard lock(mutex_);
    if (--under_way_ == 0) ended_->notify_all();
  }

  Ledger& ledger_;
  const repository::Repository& repository_;
  std::mutex mutex_;
  const std::unique_ptr<ports::Condition> ended_;
  std::uint64_t under_way_ = 0;
};

}  // namespace freshet::sync
