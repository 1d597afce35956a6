// core/serve/roots.hpp - roots as operators are shown them, page by page.
#pragma once

#include "core/base/json.hpp"
#include "core/repository/repository.hpp"

namespace freshet::serve {

struct RootsAsked {
  base::Digest after;       // the last one of the page before; empty: from the first
  std::size_t limit = 100;  // 1 to 1,000
  bool failing = false;     // these only
};

// {"roots":[…],"next":…}, in the order of their ids. "next" is where the next page begins, null at
// the end. A page may be short, or empty, where few of many are failing: then it goes on at "next".
base::Result<base::Json> list_roots(const repository::Repository& repository,
                                    const RootsAsked& asked);

}  // namespace freshet::serve
