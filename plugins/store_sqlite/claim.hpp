// store_sqlite/claim.hpp - who may write: the one with the largest fence that has written so far.
//
// The table `claims` holds it by the name of the namespace, and outlives the namespace. The
// comparison is part of the transaction of each write, so that a writer that was stopped for long
// and goes on is refused as soon as another has written anything.
#pragma once

#include "file.hpp"

namespace store_sqlite {

struct Claim {
  std::string name;
  std::uint64_t fence = 0;  // 0: none; such a writer is not compared
};

// The largest fence on whose behalf anything was written; 0 where there is none.
std::uint64_t newest_fence(Connection& connection, const std::string& name);

// Inside a write: throws FRESHET_E_BUSY where a larger fence has written, and notes this one.
void enforce(Connection& connection, const Claim& claim);

}  // namespace store_sqlite
