// capi/handles.hpp - opaque handles: numbers that name an object in a table, dressed as pointers.
//
// A handle is never dereferenced. It holds a mark, a type, a generation and an index; the table
// compares all four, so that a freed handle, one of another type, or any other pointer is found
// out. What the table finds is a shared_ptr: freeing a handle while a call is using its object is
// harmless. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/error.hpp"

namespace freshet::capi {

enum class Type : std::uint8_t {
  none,
  error,
  repository,
  root,
  roots,
  chunks,
  element,
  document,
  reader,
  policy,
  refresh,
  hits,
  plugins,
  cancel,
  vectors,
  service
};
inline constexpr Type last_type = Type::service;
const char* type_name(Type type);

// Specialised for each handle of the C API, in objects.hpp: its Object and its Type.
template <typename T>
struct Handle;

// True in a child process that was forked after its parent used freshet. Its locks and threads are
// not there any more, so nothing may be touched.
bool forked();

namespace table {
std::uint64_t add(Type type, std::shared_ptr<void> object);
// Fails with misuse, saying what the handle is instead.
base::Result<std::shared_ptr<void>> find(std::uint64_t handle, Type type);
std::shared_ptr<void> remove(std::uint64_t handle, Type type);  // null where find() fails
}  // namespace table

static_assert(sizeof(void*) == sizeof(std::uint64_t), "a handle has to fit a pointer");

template <typename T>
T* make_handle(std::shared_ptr<typename Handle<T>::Object> object) {
  return reinterpret_cast<T*>(table::add(Handle<T>::type, std::move(object)));
}

template <typename T>
base::Result<std::shared_ptr<typename Handle<T>::Object>> get(const T* handle) {
  FRESHET_ASSIGN(auto found, table::find(reinterpret_cast<std::uint64_t>(handle), Handle<T>::type));
  return std::static_pointer_cast<typename Handle<T>::Object>(std::move(found));
}

// For functions that answer something harmless where the handle is wrong.
template <typename T>
std::shared_ptr<typename Handle<T>::Object> get_or_null(const T* handle) {
  auto found = get(handle);
  return found ? *std::move(found) : nullptr;
}

template <typename T>
std::shared_ptr<typename Handle<T>::Object> take(T* handle) {
  auto taken = table::remove(reinterpret_cast<std::uint64_t>(handle), Handle<T>::type);
  return std::static_pointer_cast<typename Handle<T>::Object>(std::move(taken));
}

}  // namespace freshet::capi
