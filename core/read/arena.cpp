#include "core/read/arena.hpp"

#include <fmt/format.h>
#include <time.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>

namespace freshet::read {
namespace {

constexpr std::size_t block_size = 256 * 1024;
constexpr std::size_t most_kept = 32;  // 8 MiB
constexpr std::uint32_t allocations_a_look = 1024;

// Blocks between two parses: taking them from the system anew costs a tenth of a parse.
class Spare {
 public:
  void* take() {
    {
      const std::lock_guard lock(mutex_);
      if (count_ > 0) return blocks_[--count_];
    }
    return std::malloc(block_size);
  }

  void give(void* block) {
    {
      const std::lock_guard lock(mutex_);
      if (count_ < most_kept) {
        blocks_[count_++] = block;
        return;
      }
    }
    std::free(block);
  }

  ~Spare() {
    while (count_ > 0) std::free(blocks_[--count_]);
  }

 private:
  std::mutex mutex_;
  std::size_t count_ = 0;
  void* blocks_[most_kept] = {};
};

Spare& spare() {
  static Spare blocks;
  return blocks;
}

std::int64_t thread_cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1000000;
}

std::size_t aligned(std::size_t size) { return (size + 15) & ~static_cast<std::size_t>(15); }

}  // namespace

std::int64_t cpu_budget_ms(std::size_t input_bytes) {
  return 2000 + static_cast<std::int64_t>(input_bytes / 1024 * 1000 / 1024);
}

Arena::Arena(std::int64_t cpu_ms, Share& memory) : cpu_ms_(cpu_ms), memory_(memory) {
  blocks_.reserve(64);
  large_.reserve(64);
}

Arena::~Arena() {
  for (void* block : blocks_) spare().give(block);
  for (const Large& large : large_) std::free(large.block);
  memory_.put_back(drawn_);
}

base::Status Arena::run(void (*parse)(void*), void* context, const std::string& subject) {
  deadline_ms_ = thread_cpu_ms() + cpu_ms_;
  until_clock_ = allocations_a_look;
  running_ = true;
  if (setjmp(escape_) == 0) parse(context);
  running_ = false;
  switch (stop_) {
    case Stop::none:
      return {};
    case Stop::bytes:
      return base::fail(base::Code::limit,
                        fmt::format("parsing needs more than {:.1f} MiB, the most for its size",
                                    static_cast<double>(memory_.size()) / (1 << 20)),
                        subject);
    case Stop::time:
      return base::fail(base::Code::limit, fmt::format("parsing takes more than {} ms", cpu_ms_),
                        subject);
    case Stop::memory:
      break;
  }
  return base::fail(base::Code::out_of_memory, "no memory to parse it", subject);
}

void Arena::stop(Stop why) {
  if (running_) {
    stop_ = why;
    std::longjmp(escape_, 1);
  }
  if (why == Stop::memory) throw std::bad_alloc();
}

void* Arena::allocate(std::size_t size) {
  if (--until_clock_ == 0) check_time();
  const std::size_t room = aligned(size);
  if (room > static_cast<std::size_t>(end_ - at_) || room < size) return grow(size);
  newest_ = at_;
  at_ += room;
  return newest_;
}

void* Arena::grow(std::size_t size) {
  const bool large = size > block_size / 4;
  const std::size_t taken = large ? size : block_size;
  const bool within = memory_.draw(taken);
  if (!within) stop(Stop::bytes);
  if (within) drawn_ += taken;
  void* block = large ? std::malloc(size) : spare().take();
  if (block == nullptr) stop(Stop::memory);
  if (large) {
    large_.push_back({block, within ? size : 0});
    return block;
  }
  blocks_.push_back(block);
  at_ = newest_ = static_cast<char*>(block);
  end_ = at_ + block_size;
  at_ += aligned(size);
  return newest_;
}

void* Arena::allocate_zeroed(std::size_t size) { return std::memset(allocate(size), 0, size); }

void* Arena::resize(void* old, std::size_t old_size, std::size_t size) {
  if (size <= old_size) return old;
  void* block = allocate(size);
  if (old != nullptr) std::memcpy(block, old, old_size);
  return block;
}

void Arena::release(void* block) {
  if (block == nullptr) return;
  if (block == newest_) {
    at_ = newest_;
    return;
  }
  if (!large_.empty() && large_.back().block == block) {
    std::free(block);
    memory_.put_back(large_.back().size);
    drawn_ -= large_.back().size;
    large_.pop_back();
  }
}

void Arena::check_time() {
  until_clock_ = allocations_a_look;
  if (thread_cpu_ms() > deadline_ms_) stop(Stop::time);
}

}  // namespace freshet::read
