// capi/errors.hpp - freshet_error objects.
#pragma once

#include <memory>
#include <string>

#include "capi/handles.hpp"
#include "freshet/error.h"

namespace freshet::capi {

// Immutable once made.
struct ErrorObject {
  explicit ErrorObject(base::Error from);
  ~ErrorObject();
  ErrorObject(const ErrorObject&) = delete;
  ErrorObject& operator=(const ErrorObject&) = delete;

  base::Error error;
  std::string text;                // base::to_string()
  std::string plugin;              // whose failure it is; or empty
  freshet_error* cause = nullptr;  // a handle that this object frees
};

template <>
struct Handle<freshet_error> {
  using Object = ErrorObject;
  static constexpr Type type = Type::error;
};

// Gives `out_error`, if there is one, a new error. Returns its code.
freshet_status give_error(freshet_error** out_error, base::Error error);

// The two errors that need neither memory nor a lock, made when the library was loaded.
freshet_status give_out_of_memory(freshet_error** out_error);
freshet_status give_forked(freshet_error** out_error);

// The object of an error handle, those two included; null where it is no live error.
std::shared_ptr<const ErrorObject> find_error(const freshet_error* error);

}  // namespace freshet::capi
