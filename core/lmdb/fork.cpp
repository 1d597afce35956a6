#include "core/lmdb/fork.hpp"

#include <pthread.h>

#include <atomic>

namespace freshet::lmdb {
namespace {

std::atomic<std::uint32_t> generation{1};

void count_fork() { generation.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

std::uint32_t fork_generation() {
  static const int registered = pthread_atfork(nullptr, nullptr, &count_fork);
  (void)registered;
  return generation.load(std::memory_order_relaxed);
}

}  // namespace freshet::lmdb
