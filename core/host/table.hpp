// core/host/table.hpp - structs from the other side, which may have been compiled against a smaller
// one, or a larger one.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>

#include "core/base/error.hpp"

namespace freshet::host {

// A copy of what the plugin `plugin` calls `name`, in which the members that lie past its
// struct_size are zero. What is smaller than `least` is refused: a size that was forgotten would
// turn all it says into zeros.
template <typename T>
base::Result<T> take_struct(const T* from, std::size_t least, std::string_view name,
                            const std::string& plugin) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (from == nullptr)
    return base::fail(base::Code::plugin, fmt::format("{} is NULL", name), plugin);
  if (from->struct_size < least)
    return base::fail(
        base::Code::plugin,
        fmt::format("{}.struct_size is {}, at least {}", name, from->struct_size, least), plugin);
  T copy{};
  std::memcpy(&copy, from, std::min(from->struct_size, sizeof(T)));
  return copy;
}

}  // namespace freshet::host
