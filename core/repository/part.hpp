// core/repository/part.hpp - what a Snapshot and a Writer are made of (repository.hpp).
//
// Each noun has a header: its records as values, a class that reads them and one that changes them.
// The first is a base of Snapshot, the second of Writer; either also stands alone over a
// transaction, where one noun's change takes another's.
//
// A view borrows from the snapshot it came from and is good as long as that lives; an owned value
// stands alone. docs/state-format.md says how each is laid out on disk.
#pragma once

#include <cstddef>

#include "core/base/digest.hpp"
#include "core/base/instant.hpp"

namespace freshet::repository {

using base::Digest;
using base::Instant;

class Transaction;

inline constexpr std::size_t most_why = 1024;  // bytes, of an exclusion's or a trigger's

class Part {
 public:
  explicit Part(Transaction& transaction) : transaction_(transaction) {}

 protected:
  Transaction& transaction_;  // outlives it
};

}  // namespace freshet::repository
