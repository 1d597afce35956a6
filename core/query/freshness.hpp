// core/query/freshness.hpp - how sure it is that what was found is what its source has now.
#pragma once

#include <string>

#include "core/base/instant.hpp"

namespace freshet::query {

// Of the root that a hit belongs to.
struct Freshness {
  base::Instant checked =
      base::unset;                  // when its source last confirmed it; unset: never, or not known
  base::Instant due = base::never;  // when its policy is asked again; never: not by itself
  bool is_newest = false;           // the repository has the chunk: it holds nothing newer
  std::string unconfirmed = {};     // why it is older than was asked for; empty: it is not
};

}  // namespace freshet::query
