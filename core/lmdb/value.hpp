// core/lmdb/value.hpp - bytes as LMDB takes them.
#pragma once

#include <lmdb.h>

#include <string_view>

namespace freshet::lmdb {

// Borrows the bytes. LMDB does not write through a key or a value that it is given.
inline MDB_val value_of(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}

}  // namespace freshet::lmdb
