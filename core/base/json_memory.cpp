#include "core/base/json_memory.hpp"

#include <functional>
#include <mutex>

namespace freshet::base {
namespace {

// Blocks are handed out one behind the other; the room is free again when none is left. Lists of
// members live for a moment, so that is soon.
class Reserve {
 public:
  void* take(std::size_t bytes) noexcept {
    const std::size_t room = (bytes + alignment - 1) / alignment * alignment;
    const std::lock_guard lock(mutex_);
    if (room > sizeof room_ - used_) return nullptr;
    void* const block = room_ + used_;
    used_ += room;
    ++blocks_;
    return block;
  }

  bool give(const void* block) noexcept {
    const std::less<const void*> before;
    if (before(block, room_) || !before(block, room_ + sizeof room_)) return false;
    const std::lock_guard lock(mutex_);
    if (--blocks_ == 0) used_ = 0;
    return true;
  }

 private:
  static constexpr std::size_t alignment = alignof(std::max_align_t);
  std::mutex mutex_;
  std::size_t used_ = 0, blocks_ = 0;
  alignas(alignment) unsigned char room_[std::size_t{1} << 20] = {};  // untouched, it takes none
};

constinit Reserve reserve;

}  // namespace

void* allocate_json(std::size_t bytes) {
  if (void* const block = ::operator new(bytes, std::nothrow)) return block;
  if (void* const block = reserve.take(bytes)) return block;
  throw std::bad_alloc();
}

void free_json(void* block) noexcept {
  if (block != nullptr && !reserve.give(block)) ::operator delete(block);
}

}  // namespace freshet::base
