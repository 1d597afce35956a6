// capi/arguments.hpp - what comes in from C, checked, and what goes out to C.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/json.hpp"

namespace freshet::capi {

// A text that has to be there. `name` is the parameter's, and the subject of the error.
base::Result<std::string> text(const char* argument, const char* name);
// The same, but NULL stands for "".
base::Result<std::string> text_or_empty(const char* argument, const char* name);
// Content of a known size; NULL only where that is 0.
base::Result<std::string_view> bytes(const void* argument, std::size_t size, const char* name);

// The same, and UTF-8.
base::Result<std::string_view> utf8(const void* argument, std::size_t size, const char* name);

// NULL is an empty object. Fails unless it is a JSON object.
base::Result<base::Json> options(const char* json, const char* name);

// Readies an out_ parameter that has to be there.
template <typename T>
base::Status ready(T* out, const char* name) {
  if (out == nullptr) return base::fail(base::Code::misuse, "is NULL", name);
  *out = T{};
  return {};
}

// Fills a caller's struct as far as the caller knows it; what a newer caller knows besides is zero.
template <typename T>
base::Status fill(T* out, T value, const char* name) {
  constexpr std::size_t most = 4096;  // no struct of freshet will be that large: it was never set
  if (out == nullptr) return base::fail(base::Code::misuse, "is NULL", name);
  const std::size_t size = out->struct_size;
  if (size < sizeof(std::size_t) * 2 || size > most)
    return base::fail(base::Code::misuse, "struct_size is not set: start from its _INIT macro",
                      name);
  value.struct_size = size;
  std::memcpy(static_cast<void*>(out), &value, std::min(size, sizeof value));
  if (size > sizeof value)
    std::memset(reinterpret_cast<char*>(out) + sizeof value, 0, size - sizeof value);
  return {};
}

// The same the other way: a struct that a caller filled, as far as it did, over the defaults.
template <typename T>
base::Result<T> take_struct(const T* in, T defaults, const char* name) {
  if (in == nullptr) return defaults;
  const std::size_t size = in->struct_size;
  if (size < sizeof(std::size_t) * 2 || size > 4096)
    return base::fail(base::Code::misuse, "struct_size is not set: start from its _INIT macro",
                      name);
  std::memcpy(static_cast<void*>(&defaults), in, std::min(size, sizeof defaults));
  return defaults;
}

// A copy for the caller, to be given to freshet_string_free().
char* give_text(std::string_view text);
void free_text(char* text);  // ignores what give_text() did not make

}  // namespace freshet::capi
