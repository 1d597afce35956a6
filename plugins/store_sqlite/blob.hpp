// store_sqlite/blob.hpp - parts of large blobs, read and written where they lie.
#pragma once

#include <string>

#include "sqlite.hpp"

namespace store_sqlite {

// One column of one table; the row may change. Good inside one transaction, for rows that nothing else changes meanwhile.
class Blob {
 public:
  Blob(Connection& connection, std::string table, std::string column, bool writes)
      : connection_(connection),
        table_(std::move(table)),
        column_(std::move(column)),
        writes_(writes) {}
  ~Blob() { sqlite3_blob_close(raw_); }
  Blob(const Blob&) = delete;
  Blob& operator=(const Blob&) = delete;

  // Goes to `row`, which is there and has `size` bytes: else the file is damaged.
  void at(std::int64_t row, std::size_t size);

  template <typename T>
  void read(std::size_t from, T* to, std::size_t count) {
    connection_.check(
        sqlite3_blob_read(raw_, to, static_cast<int>(count * sizeof(T)), static_cast<int>(from)));
  }
  template <typename T>
  void write(std::size_t to, const T* from, std::size_t count) {
    connection_.check(
        sqlite3_blob_write(raw_, from, static_cast<int>(count * sizeof(T)), static_cast<int>(to)));
  }

 private:
  Connection& connection_;
  const std::string table_, column_;
  const bool writes_;
  sqlite3_blob* raw_ = nullptr;
  std::int64_t row_ = -1;
};

}  // namespace store_sqlite
