// store_sqlite/blocks.hpp - where the vectors of a namespace lie: many of them in one blob, so that a scan reads little else.
//
// The vector of row n has place n - 1. A block is as many places as fill some 128 KiB with codes; its blob in codes_7 has
// the heads of all its places and then their codes, the one in rests_7 their rests. Places of rows that were removed are
// holes: overwritten, noted in holes_7, and the first to be taken again.
#pragma once

#include "blob.hpp"
#include "file.hpp"
#include "vectors.hpp"

namespace store_sqlite {

// How a namespace's blocks are laid out.
class Layout {
 public:
  explicit Layout(std::uint32_t dimension);

  std::size_t dimension() const { return dimension_; }
  std::size_t places() const { return places_; }
  std::size_t codes_size() const { return places_ * (sizeof(Head) + dimension_); }
  std::size_t rests_size() const { return places_ * dimension_ * sizeof(std::int16_t); }

  std::int64_t block(std::int64_t n) const { return (n - 1) / static_cast<std::int64_t>(places_); }
  std::size_t place(std::int64_t n) const { return static_cast<std::size_t>(n - 1) % places_; }
  std::int64_t row(std::int64_t block, std::size_t place) const {
    return block * static_cast<std::int64_t>(places_) + static_cast<std::int64_t>(place) + 1;
  }

  // Where they begin in a blob.
  std::size_t head_at(std::size_t place) const { return place * sizeof(Head); }
  std::size_t codes_at(std::size_t place) const {
    return places_ * sizeof(Head) + place * dimension_;
  }
  std::size_t rests_at(std::size_t place) const {
    return place * dimension_ * sizeof(std::int16_t);
  }

 private:
  std::size_t dimension_, places_;
};

void create_vectors(Connection& connection, const Known& known);
void drop_vectors(Connection& connection, const Known& known);

// The vectors of a namespace, one by one.
class Vectors {
 public:
  Vectors(Connection& connection, const Known& known, bool writes);

  Head head(std::int64_t n);                  // an empty one where the row has no vector
  std::int64_t count();                       // of all blocks
  std::optional<Vector> get(std::int64_t n);  // none where the row has none
  void put(std::int64_t n, const Vector& vector);
  void erase(std::int64_t n);  // overwrites it

 private:
  bool is_there(std::int64_t block);
  void go_to(std::int64_t n);
  void write(std::size_t place, const Vector& vector);

  Connection& connection_;
  const Layout layout_;
  const std::string codes_table_, rests_table_;
  Blob codes_, rests_;
  std::int64_t known_block_ = -1;  // it is there
};

}  // namespace store_sqlite
