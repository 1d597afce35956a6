// store_sqlite/nearest.hpp - the rows whose vectors are nearest to a query: exactly those that a comparison with every
// vector as it is kept would give.
//
// All codes are multiplied, by several threads. Each product bounds the true one on both sides, so rows whose upper bound
// is below the k-th best lower bound are out for sure. The few that are left are compared as they are kept.
#pragma once

#include <functional>

#include "blocks.hpp"
#include "file.hpp"

namespace store_sqlite {

struct Scored {
  std::int64_t n;
  double score;
};

// Higher scores first; equal ones in the order of their rows, so that an answer does not change by
// itself.
bool better(const Scored& a, const Scored& b);

// Whether a row passes the search's filter, asked over the connection. Empty: all pass.
using Passes = std::function<bool(Connection&, std::int64_t n)>;

// Inside the transaction of `connection`. `file` lends helpers their connections.
std::vector<Scored> nearest_rows(File& file, const sdk::Call& call, Connection& connection,
                                 const Known& known, const QueryVector& query, std::size_t limit,
                                 const Passes& passes);

}  // namespace store_sqlite
