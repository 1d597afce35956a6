// core/query/sift.hpp - finds enough rows that pass what the store cannot test of a filter.
#pragma once

#include <functional>
#include <vector>

#include "core/query/filter.hpp"
#include "core/query/freshness.hpp"

namespace freshet::query {

struct Answer {
  std::vector<ports::Hit> hits;  // best first
  // After how many rows it was ended with fewer hits than were wanted, though there may be more that
  // pass; 0: it was not.
  std::uint32_t ended_after = 0;
  std::vector<Freshness> freshness = {};  // one a hit, once they were looked up
};

// The best `limit` rows of all; fewer only where there are no more.
using Ask = std::function<base::Result<std::vector<ports::Hit>>(std::uint32_t limit)>;

// At most `wanted` rows that pass. Asks for more rows each time, up to 10,000.
base::Result<Answer> sift(const Ask& ask, const Filter& filter, std::uint32_t wanted);

}  // namespace freshet::query
