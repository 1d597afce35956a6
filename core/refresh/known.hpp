// core/refresh/known.hpp - what a policy is told of a root, taken from the repository in one short
// read.
#pragma once

#include <string>

#include "core/base/json.hpp"
#include "core/policy/policy.hpp"
#include "core/repository/repository.hpp"

namespace freshet::refresh {

// Owns what policy::Known borrows.
struct KnownRoot {
  std::string uri;
  bool exists = false;
  base::Instant ingested, checked, changed;
  base::Json metadata = base::Json::object();
  base::Json flags = base::Json::object();

  policy::Known view() const;
};

base::Result<KnownRoot> know(const repository::Repository& repository, const std::string& uri);

}  // namespace freshet::refresh
