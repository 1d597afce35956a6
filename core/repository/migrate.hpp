// core/repository/migrate.hpp - brings the records of an older schema into the form of this one.
//
// All of it is one transaction: a migration that is cut short has done nothing. What a record of an
// older schema looked like is known in migrate.cpp and nowhere else.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/error.hpp"
#include "core/lmdb/options.hpp"

namespace freshet::repository {

// An lmdb::Migration: rewrites every namespace of a repository of the schema `found`, and then the
// record `schema`.
base::Status migrate(const std::shared_ptr<lmdb::Environment>& environment,
                     lmdb::RawTransaction* txn, std::uint32_t found);

}  // namespace freshet::repository
