#include "loader_command/pool.hpp"

#include <chrono>

namespace freshet::loader_command {

Pool::Turn::Turn(Pool& pool, const sdk::Call& call) : pool_(pool) {
  std::unique_lock lock(pool_.mutex_);
  while (pool_.in_use_ >= pool_.options_.processes) {
    pool_.free_.wait_for(lock, std::chrono::milliseconds(100));
    call.check();
  }
  ++pool_.in_use_;
}

Pool::Turn::~Turn() {
  const std::lock_guard lock(pool_.mutex_);
  --pool_.in_use_;
  pool_.free_.notify_one();
}

std::unique_ptr<Worker> Pool::take(const sdk::Call& call) {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Worker> worker = std::move(idle_.back());
      idle_.pop_back();
      return worker;
    }
  }
  return std::make_unique<Worker>(call, options_);
}

void Pool::give(std::unique_ptr<Worker> worker) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(worker));
}

}  // namespace freshet::loader_command
