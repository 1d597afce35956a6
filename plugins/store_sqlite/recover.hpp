// store_sqlite/recover.hpp - a file that is damaged: whose it is, and how it becomes an empty one.
//
// The file is emptied where it is, by SQLite and under its locks, and not replaced by another: a
// process that had it open would go on with the old one, and remove the log of the new one. Who has
// it open finds it empty, or keeps it busy.
#pragma once

#include "file.hpp"

namespace store_sqlite {

// Throws FRESHET_E_VERSION where a file that cannot be read shows no trace of this plugin.
void refuse_foreign(const Options& options);

// Copies the file to "<path>.damaged-<n>", says so, and makes it an empty database.
void recover_file(Options options, const sdk::TextSink& done);

}  // namespace store_sqlite
