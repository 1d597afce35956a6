// core/base/json_memory.hpp - lets a JSON value be destroyed where there is no memory.
//
// nlohmann::json needs memory in its destructor, which may not throw: a list of the members that
// are still to be destroyed. It is an array of values like any other, so their allocator falls back
// on a reserve. To be included instead of <nlohmann/json.hpp>; plugins have the same in sdk/json.hpp,
// and where both are seen, the first one counts. A null value is not to be made an
// object by its operator[]: without memory it is left as an object without members to point to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <nlohmann/json_fwd.hpp>
#include <type_traits>

namespace freshet::base {

// From the system, else from the reserve; throws std::bad_alloc where that is used up as well.
void* allocate_json(std::size_t bytes);
void free_json(void* block) noexcept;

template <typename Value>
struct JsonAllocator {
  using value_type = Value;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using propagate_on_container_move_assignment = std::true_type;
  using is_always_equal = std::true_type;

  Value* allocate(std::size_t count) {
    if (count > std::size_t{PTRDIFF_MAX} / sizeof(Value)) throw std::bad_array_new_length();
    return static_cast<Value*>(allocate_json(count * sizeof(Value)));
  }
  void deallocate(Value* block, std::size_t) noexcept { free_json(block); }
  friend constexpr bool operator==(const JsonAllocator&, const JsonAllocator&) noexcept {
    return true;
  }
};

}  // namespace freshet::base

#ifndef FRESHET_JSON_MEMORY
#define FRESHET_JSON_MEMORY

template <>
struct std::allocator<nlohmann::json> : freshet::base::JsonAllocator<nlohmann::json> {
  constexpr allocator() noexcept = default;
  template <typename Other>
  constexpr allocator(const std::allocator<Other>&) noexcept {}
};

template <>
struct std::allocator<nlohmann::ordered_json>
    : freshet::base::JsonAllocator<nlohmann::ordered_json> {
  constexpr allocator() noexcept = default;
  template <typename Other>
  constexpr allocator(const std::allocator<Other>&) noexcept {}
};

#endif

#include <nlohmann/json.hpp>
