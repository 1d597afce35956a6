// freshet/sdk/json.hpp - nlohmann/json, whose values can be destroyed where there is no memory.
//
// Its destructor, which may not throw, makes a list of the members that are still to be destroyed.
// The list is an array of values like any other, so their allocator falls back on a reserve.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <nlohmann/json_fwd.hpp>
#include <type_traits>

#ifndef FRESHET_JSON_MEMORY
#define FRESHET_JSON_MEMORY
#define FRESHET_SDK_JSON_MEMORY

namespace freshet::sdk::detail {

// Blocks are handed out one behind the other; the room is free again when none is left. Lists of
// members live for a moment, so that is soon.
class JsonReserve {
 public:
  static JsonReserve& instance() {
    static JsonReserve one;
    return one;
  }

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
  alignas(alignment) unsigned char room_[std::size_t{256} << 10] = {};  // untouched: no memory
};

}  // namespace freshet::sdk::detail

template <>
struct std::allocator<nlohmann::json> {
  using value_type = nlohmann::json;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using propagate_on_container_move_assignment = std::true_type;
  using is_always_equal = std::true_type;

  constexpr allocator() noexcept = default;
  template <typename Other>
  constexpr allocator(const std::allocator<Other>&) noexcept {}

  value_type* allocate(std::size_t count);
  void deallocate(value_type* block, std::size_t) noexcept {
    if (!freshet::sdk::detail::JsonReserve::instance().give(block)) ::operator delete(block);
  }
  friend constexpr bool operator==(const allocator&, const allocator&) noexcept { return true; }
};

#endif

#include <nlohmann/json.hpp>

#ifdef FRESHET_SDK_JSON_MEMORY

inline nlohmann::json* std::allocator<nlohmann::json>::allocate(std::size_t count) {
  if (count > std::size_t{PTRDIFF_MAX} / sizeof(value_type)) throw std::bad_array_new_length();
  const std::size_t bytes = count * sizeof(value_type);
  void* block = ::operator new(bytes, std::nothrow);
  if (block == nullptr) block = freshet::sdk::detail::JsonReserve::instance().take(bytes);
  if (block == nullptr) throw std::bad_alloc();
  return static_cast<value_type*>(block);
}

#endif
