// capi/boundary.hpp - the one place where C meets C++: every exported function is one of the guards
// below around a call into the core. Nothing is thrown past them, and nothing is done in a forked
// child.
#pragma once

#include <exception>
#include <new>
#include <utility>

#include "capi/errors.hpp"
#include "capi/handles.hpp"

namespace freshet::capi {

// For functions that can fail. `body` returns a base::Status.
template <typename Body>
freshet_status guard(freshet_error** out_error, Body&& body) noexcept {
  if (out_error != nullptr) *out_error = nullptr;
  if (forked()) return give_forked(out_error);
  try {
    base::Status status = std::forward<Body>(body)();
    return status ? FRESHET_OK : give_error(out_error, std::move(status).error());
  } catch (const std::bad_alloc&) {
    return give_out_of_memory(out_error);
  } catch (...) {
    try {
      return give_error(out_error, base::exception_error());
    } catch (...) {
      return give_out_of_memory(out_error);
    }
  }
}

// For functions that return a value, and `fallback` where there is none to return.
template <typename T, typename Body>
T guard_value(T fallback, Body&& body) noexcept {
  if (forked()) return fallback;
  try {
    return std::forward<Body>(body)();
  } catch (...) {
    return fallback;
  }
}

// For functions that free something.
template <typename Body>
void guard_free(Body&& body) noexcept {
  if (forked()) return;
  try {
    std::forward<Body>(body)();
  } catch (...) {  // a destructor's failure: nothing is left that could be told
  }
}

}  // namespace freshet::capi
