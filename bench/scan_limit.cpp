// bench/scan_limit.cpp - what exact search costs without any store: codes of 8 bits in one mapped file, multiplied by all
// processors, and the best hundred compared in float32, which lie in another.
//
//   scan_limit CODES VECTORS DIMENSION QUERIES
//
// Makes CODES of VECTORS where it is missing. Prints a line "scan MS ms ROW…" for each query.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "plugins/store_sqlite/products.hpp"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_candidates = 100, wanted = 10, rows_a_turn = 64;

struct Mapped {
  const char* data;
  std::size_t size;
};

Mapped map(const char* path) {
  const int file = ::open(path, O_RDONLY);
  struct stat found {};
  if (file < 0 || ::fstat(file, &found) != 0) std::exit(1);
  const auto size = static_cast<std::size_t>(found.st_size);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (data == MAP_FAILED) std::exit(1);
  return {static_cast<const char*>(data), size};
}

float largest_of(const float* vector, std::size_t dimension) {
  float most = 0;
  for (std::size_t i = 0; i < dimension; ++i) most = std::max(most, std::abs(vector[i]));
  return most;
}

void make_codes(const char* path, const float* vectors, std::size_t dimension, std::size_t rows) {
  std::ofstream file(path, std::ios::binary);
  std::vector<std::int8_t> codes(dimension);
  for (std::size_t row = 0; row < rows; ++row) {
    const float* vector = vectors + row * dimension;
    const float scale = largest_of(vector, dimension) / 127;
    for (std::size_t i = 0; i < dimension; ++i)
      codes[i] = static_cast<std::int8_t>(std::lround(vector[i] / scale));
    file.write(reinterpret_cast<const char*>(codes.data()),
               static_cast<std::streamsize>(dimension));
  }
}

struct Found {
  float score;
  std::size_t row;
  bool operator<(const Found& other) const { return score > other.score; }
};

void keep(std::vector<Found>& best, Found next, std::size_t most) {
  if (best.size() == most && next.score <= best.front().score) return;
  best.push_back(next);
  std::push_heap(best.begin(), best.end());
  if (best.size() <= most) return;
  std::pop_heap(best.begin(), best.end());
  best.pop_back();
}

struct Table {
  const std::int8_t* codes;
  const float* vectors;
  const std::vector<float>& scales;
  std::size_t dimension, rows;
};

std::vector<Found> part_of(const Table& table, const std::vector<std::int16_t>& factors,
                           std::size_t part, std::size_t parts) {
  std::vector<Found> best;
  std::vector<std::int32_t> sums(rows_a_turn);
  const std::size_t end = table.rows * (part + 1) / parts;
  for (std::size_t at = table.rows * part / parts; at < end; at += rows_a_turn) {
    const std::size_t count = std::min(rows_a_turn, end - at);
    store_sqlite::multiply_rows(table.codes + at * table.dimension, factors, {sums.data(), count});
    for (std::size_t i = 0; i < count; ++i)
      keep(best, {static_cast<float>(sums[i]) * table.scales[at + i], at + i}, most_candidates);
  }
  return best;
}

std::vector<Found> nearest(const Table& table, const std::vector<float>& query) {
  const float unit = largest_of(query.data(), table.dimension) /
                     static_cast<float>(store_sqlite::largest_factor(table.dimension));
  std::vector<std::int16_t> factors;
  for (const float each : query)
    factors.push_back(static_cast<std::int16_t>(std::lround(each / unit)));
  const std::size_t parts = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::vector<Found>> found(parts);
  std::vector<std::thread> threads;
  for (std::size_t part = 1; part < parts; ++part)
    threads.emplace_back([&, part] { found[part] = part_of(table, factors, part, parts); });
  found[0] = part_of(table, factors, 0, parts);
  for (std::thread& each : threads) each.join();
  std::vector<Found> best;
  for (const auto& some : found)
    for (const Found& each : some) {
      float sum = 0;
      const float* vector = table.vectors + each.row * table.dimension;
      for (std::size_t i = 0; i < table.dimension; ++i) sum += query[i] * vector[i];
      keep(best, {sum, each.row}, wanted);
    }
  std::sort_heap(best.begin(), best.end());
  return best;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) return 2;
  const std::size_t dimension = std::strtoul(arguments[3], nullptr, 10);
  const Mapped vectors = map(arguments[2]);
  const auto* floats = reinterpret_cast<const float*>(vectors.data);
  const std::size_t rows = vectors.size / sizeof(float) / dimension;
  if (::access(arguments[1], R_OK) != 0) make_codes(arguments[1], floats, dimension, rows);
  const Mapped codes = map(arguments[1]);
  std::vector<float> scales;
  for (std::size_t row = 0; row < rows; ++row)
    scales.push_back(largest_of(floats + row * dimension, dimension) / 127);
  const Table table{reinterpret_cast<const std::int8_t*>(codes.data), floats, scales, dimension,
                    rows};
  std::ifstream file(arguments[4], std::ios::binary);
  std::vector<float> query(dimension);
  while (file.read(reinterpret_cast<char*>(query.data()),
                   static_cast<std::streamsize>(dimension * sizeof(float)))) {
    const auto begin = Clock::now();
    const auto found = nearest(table, query);
    const double spent = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    std::printf("scan %.3f ms", spent);
    for (const Found& each : found) std::printf(" %zu", each.row);
    std::printf("\n");
  }
  return 0;
}
