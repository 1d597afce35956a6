// store_sqlite/own_file.hpp - whose the file is: this user's, and never one that a link leads to.
//
// SQLite opens what it keeps beside the file, such as its -wal, through a link. So all of them are
// examined first, and nobody else may be able to swap them afterwards.
#pragma once

#include <string>

namespace store_sqlite {

// Makes `path` where it is missing, with mode 0600, and 0700 for the directories above it. Returns
// its path without links. Fails unless the file, what is beside it and the directories above belong
// to root or this user and cannot be written by others; whose they are does not count where
// `allow_shared`.
std::string make_own_file(const std::string& path, bool allow_shared);

}  // namespace store_sqlite
