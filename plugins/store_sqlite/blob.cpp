#include "blob.hpp"

namespace store_sqlite {

void Blob::at(std::int64_t row, std::size_t size) {
  if (row == row_) return;
  row_ = -1;
  if (raw_ == nullptr)
    connection_.check(sqlite3_blob_open(connection_.raw(), "main", table_.c_str(), column_.c_str(),
                                        row, writes_ ? 1 : 0, &raw_));
  else
    connection_.check(sqlite3_blob_reopen(raw_, row));
  if (static_cast<std::size_t>(sqlite3_blob_bytes(raw_)) != size)
    throw sdk::Failure(FRESHET_E_CORRUPT, "is damaged: a block of vectors has a wrong size",
                       connection_.file());
  row_ = row;
}

}  // namespace store_sqlite
