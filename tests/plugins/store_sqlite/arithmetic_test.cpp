// Vectors as they are kept, and what is proven of their products.
#include <cmath>
#include <random>

#include "plugins/store_sqlite/products.hpp"
#include "plugins/store_sqlite/vectors.hpp"
#include "tests/plugins/store_sqlite/support.hpp"

using freshet::testing::drawn_vector;
using freshet::testing::Shape;
using freshet::testing::shapes;
using store_sqlite::coded;
using store_sqlite::QueryVector;

TEST_CASE("the widest instructions multiply as the plain ones do", "[arithmetic]") {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> code(-127, 127);
  for (std::size_t dimension = 1; dimension < 300; ++dimension) {
    const int most = store_sqlite::largest_factor(dimension);
    std::uniform_int_distribution<int> factor(-most, most);
    std::vector<std::int8_t> codes(3 * dimension);
    std::vector<std::int16_t> query(dimension);
    for (auto& each : codes) each = static_cast<std::int8_t>(code(random));
    for (auto& each : query) each = static_cast<std::int16_t>(factor(random));
    std::vector<std::int32_t> wide(3), plain(3);
    store_sqlite::multiply_rows(codes.data(), query, wide);
    store_sqlite::multiply_rows_plainly(codes.data(), query, plain);
    REQUIRE(wide == plain);
  }
}

TEST_CASE("no sum of products overflows", "[arithmetic]") {
  for (const std::size_t dimension : {1u, 2u, 1536u, 4096u, 20'000u, 65'536u}) {
    const std::int64_t factor = store_sqlite::largest_factor(dimension);
    const std::vector<std::int8_t> codes(dimension, -127);
    const std::vector<std::int16_t> query(dimension, static_cast<std::int16_t>(factor));
    std::vector<std::int32_t> sum(1);
    store_sqlite::multiply_rows(codes.data(), query, sum);
    CHECK(sum[0] == -127 * factor * static_cast<std::int64_t>(dimension));
    CHECK(factor >= 100);
  }
}

TEST_CASE("a vector is kept to less than a millionth, whatever its shape and length",
          "[arithmetic]") {
  std::mt19937 random(2);
  for (const Shape shape : shapes)
    for (const std::size_t dimension : {1u, 2u, 37u, 256u, 1536u})
      for (int round = 0; round < 20; ++round) {
        const std::vector<float> vector = drawn_vector(random, shape, dimension);
        const auto kept = coded(vector);
        REQUIRE(kept);
        CHECK(kept->fits_its_head());
        const std::vector<float> back = kept->floats();
        double length = 0;
        for (const double each : vector) length += each * each;
        length = std::sqrt(length);
        for (std::size_t i = 0; i < dimension; ++i)
          REQUIRE(std::abs(double(back[i]) - double(vector[i]) / length) < 1e-7);
      }
  CHECK_FALSE(coded(std::vector<float>(5, 0.0f)));
  CHECK_FALSE(coded(std::vector<float>{1, INFINITY}));
  CHECK_FALSE(coded(std::vector<float>{1, NAN}));
}

// Without this a search could leave out a row that is among the nearest.
TEST_CASE("a product lies between the bounds that its codes give", "[arithmetic]") {
  std::mt19937 random(3);
  double widest = 0;
  for (const Shape one : shapes)
    for (const Shape other : shapes)
      for (const std::size_t dimension : {1u, 3u, 64u, 1536u})
        for (int round = 0; round < 20; ++round) {
          const auto query = QueryVector::of(drawn_vector(random, one, dimension));
          const auto vector = coded(drawn_vector(random, other, dimension));
          REQUIRE(query);
          REQUIRE(vector);
          std::vector<std::int32_t> sum(1);
          store_sqlite::multiply_rows(vector->codes.data(), query->factors(), sum);
          const auto between = query->bounds(vector->head, sum[0]);
          const double product = query->product(*vector);
          REQUIRE(between.low <= product);
          REQUIRE(product <= between.high);
          widest = std::max(widest, between.high - between.low);
        }
  CHECK(widest < 0.3);
}

// The worst there is: everything that the codes leave out points the way of the query.
TEST_CASE("the bounds hold where all errors add up", "[arithmetic]") {
  for (const std::size_t dimension : {8u, 256u, 1536u}) {
    std::vector<float> numbers(dimension, 127), signs(dimension, 1);
    for (std::size_t i = 1; i < dimension; ++i) numbers[i] = (i % 2 == 0 ? 1.0f : -1.0f) * 0.4999f;
    for (std::size_t i = 0; i < dimension; ++i) signs[i] = i == 0 ? 1e-6f : numbers[i];
    const auto vector = coded(numbers);
    const auto query = QueryVector::of(signs);
    REQUIRE(vector);
    REQUIRE(query);
    std::vector<std::int32_t> sum(1);
    store_sqlite::multiply_rows(vector->codes.data(), query->factors(), sum);
    const auto between = query->bounds(vector->head, sum[0]);
    CHECK(sum[0] == 127 * query->factors()[0]);  // the codes see next to nothing
    CHECK(query->product(*vector) <= between.high);
    CHECK(between.low <= query->product(*vector));
    CHECK(between.high - query->product(*vector) < 0.01 * between.high + 2e-3);
  }
}
