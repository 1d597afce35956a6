// core/lmdb/files.hpp - the directory of a repository and the files in it: whose they are.
//
// LMDB opens its two files by name and would follow a link to anywhere, so they are examined, or
// made, before it does. In a directory that only root and this user may write to, nobody else can
// swap them in between.
#pragma once

#include <string>

#include "core/base/trust.hpp"

namespace freshet::lmdb {

// What a repository's directory and files must be. `allow_shared`: Options.
base::TrustRules trust_rules(bool allow_shared);

// Whatever of data.mdb, lock.mdb and freshet.seal is there is this repository's own.
base::Status check_files(const std::string& directory, const base::TrustRules& rules);

// Makes data.mdb and lock.mdb, empty and private, where they are missing.
base::Status make_files(const std::string& directory, const base::TrustRules& rules);

}  // namespace freshet::lmdb
