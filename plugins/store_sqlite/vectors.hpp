// store_sqlite/vectors.hpp - vectors as they are kept: in two parts, of which a scan reads only the first.
//
// A vector is divided by its length. Each of its numbers is then scale * (code + rest / 65536): a code of 8 bits, which a
// scan multiplies, and a rest of 16, which makes the number exact to 24 bits of the largest one, as a float is. What a
// product misses by leaving out the rests is at most `error` times the length of the query.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace store_sqlite {

// In the machine's order, before the codes of its block. Zeros: there is no vector.
struct Head {
  float scale = 0;
  float error = 0;  // the length of scale * rests / 65536, rounded up

  bool is_empty() const { return scale == 0 && error == 0; }
  bool is_sound(std::size_t dimension) const;
};
static_assert(sizeof(Head) == 8);

struct Vector {
  Head head;
  std::vector<std::int8_t> codes;
  std::vector<std::int16_t> rests;

  std::vector<float> floats() const;
  bool fits_its_head() const;  // false: its bytes are not those that were written
};

// None where `vector` is all zero or not finite.
std::optional<Vector> coded(std::span<const float> vector);

// A query of length 1, and how far a product with codes may be from one with what is kept.
class QueryVector {
 public:
  static std::optional<QueryVector> of(std::span<const float> vector);

  std::span<const std::int16_t> factors() const { return factors_; }
  std::size_t dimension() const { return exact_.size(); }

  // Of the product with a vector whose codes have the product `sum` with factors(): it is proven to lie between.
  struct Between {
    double low, high;
  };
  Between bounds(const Head& head, std::int32_t sum) const;

  // The product with a vector as it is kept.
  double product(const Vector& vector) const;

 private:
  std::vector<double> exact_;
  std::vector<std::int16_t> factors_;
  double scale_ = 0;  // of the factors
  double miss_ = 0;   // the length of what the factors miss of the query
};

}  // namespace store_sqlite
