// core/lmdb/options.hpp - how an environment is opened.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/error.hpp"

struct MDB_txn;

namespace freshet::lmdb {

class Environment;
using RawTransaction = ::MDB_txn;

// Brings the records of the older schema `found` into the form of this one, and then the record of
// the schema, all within one transaction. Databases that are new are there already.
using Migration = std::function<base::Status(const std::shared_ptr<Environment>& environment,
                                             RawTransaction* txn, std::uint32_t found)>;

struct Options {
  bool read_only = false;
  bool create = true;
  std::uint64_t map_size = std::uint64_t{256}
                           << 30;  // address space, not disk: the file is sparse; fixed at creation
  bool force_filesystem = false;   // open on a network file system all the same
  bool verify = false;  // read every page first, even where the file is known to be as it was left
  // Admit a directory and files that belong to, or may be written by, other users than root and
  // this one. Whoever may write there is trusted with all that this process may write.
  bool allow_shared = false;
  Migration migrate = {};  // empty: an older schema is refused
};

}  // namespace freshet::lmdb
