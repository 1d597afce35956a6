// core/query/sift.hpp - finds enough rows that pass what the store cannot test of a filter.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/query/filter.hpp"
#include "core/query/freshness.hpp"

namespace freshet::query {

// What goes with a hit beyond its own text, as it was asked for.
struct Around {
  std::string text;          // its neighbourhood or section, itself included; empty: not asked for
  std::uint64_t tokens = 0;  // of that, or else of its own text; 0: not asked for
  std::uint32_t query = 0;   // which of several queries found it first, from 0
  std::vector<std::string> also_at{};  // URLs of worse hits that say the same
};

struct Answer {
  std::vector<ports::Hit> hits;  // best first
  // After how many rows it was ended with fewer hits than were wanted, though there may be more that
  // pass; 0: it was not.
  std::uint32_t ended_after = 0;
  std::vector<Freshness> freshness = {};  // one a hit, once they were looked up
  std::vector<Around> around = {};        // one a hit, once they were gathered
};

// The best `limit` rows of all; fewer only where there are no more.
using Ask = std::function<base::Result<std::vector<ports::Hit>>(std::uint32_t limit)>;

// At most `wanted` rows that pass. Asks for more rows each time, up to 10,000.
base::Result<Answer> sift(const Ask& ask, const Filter& filter, std::uint32_t wanted);

}  // namespace freshet::query
