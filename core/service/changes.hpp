// core/service/changes.hpp - when what changes in folders is worth a run: once it is quiet, so that an
// editor's save, which takes several steps, is one change; and soon, where it never is. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "core/base/instant.hpp"

namespace freshet::service {

class Changes {
 public:
  void note(std::size_t source, base::Millis ticks);
  // Those whose changes are over, or go on for long; they are forgotten here.
  std::vector<std::size_t> take(base::Millis ticks);
  bool any() const { return !pending_.empty(); }
  void clear() { pending_.clear(); }

 private:
  struct Times {
    base::Millis first, last;
  };
  std::map<std::size_t, Times> pending_;
};

}  // namespace freshet::service
