// core/host/table.hpp - structs from the other side, which may have been compiled against a smaller
// one.
#pragma once

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace freshet::host {

// A copy in which the members that lie past the other side's struct_size are zero.
template <typename T>
T take_struct(const T* from) {
  static_assert(std::is_trivially_copyable_v<T>);
  T copy{};
  std::memcpy(&copy, from, std::min(from->struct_size, sizeof(T)));
  return copy;
}

}  // namespace freshet::host
