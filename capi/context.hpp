// capi/context.hpp - what the engine works with, taken from a repository handle's object.
#pragma once

#include "capi/objects.hpp"
#include "core/refresh/engine.hpp"

namespace freshet::capi {

inline refresh::Context context_of(RepositoryObject& object) {
  return {*object.repository, object.runtime->plugins(), object.runtime->http()};
}

}  // namespace freshet::capi
