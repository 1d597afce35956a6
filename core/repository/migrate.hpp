// core/repository/migrate.hpp - brings the records of an older schema into the form of this one.
//
// All of it is one transaction: a migration that is cut short has done nothing. What a record of an
// older schema looked like is known in migrate.cpp and nowhere else.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/error.hpp"

struct MDB_txn;

namespace freshet::repository {

class Environment;
inline constexpr std::uint32_t oldest_schema = 1;  // of those that can be migrated

// Rewrites every namespace of a repository of the schema `found`, and then the record `schema`. Databases
// that are new are there already.
base::Status migrate(const std::shared_ptr<Environment>& environment, MDB_txn* txn,
                     std::uint32_t found);

}  // namespace freshet::repository
