// core/sync/context.hpp - what a run works with.
#pragma once

#include "core/ports/catalog.hpp"
#include "core/ports/http.hpp"
#include "core/repository/repository.hpp"

namespace freshet::sync {

// All of it is thread-safe and outlives the run.
struct Context {
  repository::Repository& repository;
  ports::Catalog& catalog;
  ports::Http& http;
};

}  // namespace freshet::sync
