// core/lmdb/filesystem.hpp - where a repository must not lie.
#pragma once

namespace freshet::lmdb {

// The name of the file system of this kind (statfs f_type) if it is shared between machines, where
// neither locks nor maps can be relied upon; null for a local one.
const char* network_filesystem(long kind);

}  // namespace freshet::lmdb
