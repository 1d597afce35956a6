#include "core/read/memory.hpp"

#include <algorithm>

namespace freshet::read {

void MemoryPool::take(std::size_t bytes, std::size_t most) {
  std::unique_lock lock(mutex_);
  const std::uint64_t turn = next_++;
  changed_.wait(lock, [&] {
    return turn == serving_ && (taken_ == 0 || (bytes <= most && taken_ <= most - bytes));
  });
  ++serving_;
  taken_ += bytes;
  changed_.notify_all();
}

void MemoryPool::give_back(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  taken_ -= bytes;
  changed_.notify_all();
}

std::size_t MemoryPool::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

MemoryPool& process_memory() {
  static MemoryPool& pool = *new MemoryPool;  // never destroyed: a thread may wait at exit
  return pool;
}

Share::Share(std::size_t bytes, std::size_t most, MemoryPool& pool)
    : pool_(pool), size_(std::min(bytes, most)) {
  pool_.take(size_, most);
}

bool Share::draw(std::size_t bytes) {
  if (bytes > size_ - drawn_) return false;
  drawn_ += bytes;
  return true;
}

}  // namespace freshet::read
