// store_sqlite/places.hpp - which number a row gets, and so where its vector lies. Those of removed rows are given again,
// so that the blocks have few holes.
#pragma once

#include "blocks.hpp"

namespace store_sqlite {

// The places of a namespace, while rows are written. Without vectors a row may have any number.
class Places {
 public:
  Places(Connection& connection, const Known& known);

  std::int64_t take();             // for a new row
  void give_back(std::int64_t n);  // of a row that is gone, and its vector with it
  void put(std::int64_t n, const std::optional<Vector>& vector);
  void move(std::int64_t from, std::int64_t to);  // the vector, to a hole

 private:
  std::int64_t after_last();

  Connection& connection_;
  const Known& known_;
  std::optional<Vectors> vectors_;
};

// Every write calls it: two connections that read the same count see the same rows.
void count_change(Connection& connection, const Known& known);

// Moves the last rows into holes while more than a quarter of the places are holes, at most some more rows than `removed`,
// and gives back the blocks behind the last row.
void compact_rows(Connection& connection, const Known& known, std::size_t removed);

}  // namespace store_sqlite
