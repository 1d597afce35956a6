// bench/store_bench.cpp - the embedded store alone: rows into it, and the nearest of them.
//
//   store_bench PLUGINS FILE VECTORS DIMENSION ROWS load           rows with the vectors of a file of floats, and texts
//   store_bench PLUGINS FILE VECTORS DIMENSION ROWS query QUERIES  the ten nearest of each vector of another such file
//
// Prints lines of "name value unit"; after "query" also the numbers of the rows found.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "core/base/digest.hpp"
#include "tests/core/host/support.hpp"

namespace {

using namespace freshet;
using Clock = std::chrono::steady_clock;

constexpr std::size_t words_a_text = 160;  // some 1,100 characters, as a chunk of documentation has

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

std::vector<float> next_vector(std::ifstream& file, std::size_t dimension) {
  std::vector<float> vector(dimension);
  file.read(reinterpret_cast<char*>(vector.data()),
            static_cast<std::streamsize>(dimension * sizeof(float)));
  return file ? vector : std::vector<float>();
}

std::string text_of(std::size_t row) {
  std::string text;
  for (std::size_t k = 0; k < words_a_text; ++k)
    text += "word" + std::to_string((row * 7 + k * 13 + row % 11 * k) % 5000) + " ";
  return text;
}

void load(ports::Store& store, const std::string& vectors, std::size_t dimension,
          std::size_t rows) {
  std::ifstream file(vectors, std::ios::binary);
  const std::size_t batch = store.info().max_batch;
  double spent = 0, texts = 0;
  for (std::size_t at = 0; at < rows; at += batch) {
    std::vector<std::string> kept_texts, ids, uris;
    std::vector<std::vector<float>> kept;
    const std::size_t count = std::min(batch, rows - at);
    for (std::size_t i = at; i < at + count; ++i) {
      kept_texts.push_back(text_of(i));
      texts += static_cast<double>(kept_texts.back().size());
      uris.push_back(std::to_string(i));
      ids.push_back(base::digest_of(std::to_string(i)).hex());
      kept.push_back(next_vector(file, dimension));
    }
    std::vector<ports::StoreRecord> records;
    for (std::size_t i = 0; i < count; ++i) {
      ports::StoreRecord record;
      record.id = ids[i];
      record.digest = "d";
      record.text = kept_texts[i];
      record.uri = uris[i];
      record.metadata = "{}";
      record.vector = kept[i];
      records.push_back(record);
    }
    const auto begin = Clock::now();
    const auto status = store.upsert("ns", records, [](std::string_view) {}, {});
    if (!status) die(base::to_string(status.error()));
    spent += milliseconds_since(begin);
  }
  std::printf("insert %.0f rows/s\n", 1000 * static_cast<double>(rows) / spent);
  std::printf("text %.0f bytes\n", texts / static_cast<double>(rows));
}

void query(ports::Store& store, const std::string& queries, std::size_t dimension) {
  std::ifstream file(queries, std::ios::binary);
  for (auto vector = next_vector(file, dimension); !vector.empty();
       vector = next_vector(file, dimension)) {
    ports::Search search;
    search.mode = ports::SearchMode::vector;
    search.vector = vector;
    search.limit = 10;
    const auto begin = Clock::now();
    const auto found = store.search("ns", search, {});
    const double spent = milliseconds_since(begin);
    if (!found) die(base::to_string(found.error()));
    std::printf("query %.3f ms", spent);
    for (const auto& each : *found) std::printf(" %s", each.uri.c_str());
    std::printf("\n");
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 7) die("usage: store_bench PLUGINS FILE VECTORS DIMENSION ROWS load|query [QUERIES]");
  const std::size_t dimension = std::strtoul(arguments[4], nullptr, 10);
  testing::World world({arguments[1]});
  const auto options = world.plugins.complete_options(
      host::Kind::store, "sqlite", {{"path", arguments[2]}, {"allow_shared", true}}, "store");
  if (!options) die(base::to_string(options.error()));
  const auto store = world.plugins.open_store("sqlite", *options);
  if (!store) die(base::to_string(store.error()));
  const auto made = (*store)->ensure({"ns", static_cast<std::uint32_t>(dimension), "m"}, {});
  if (!made) die(base::to_string(made.error()));
  if (std::string(arguments[6]) == "load")
    load(**store, arguments[3], dimension, std::strtoul(arguments[5], nullptr, 10));
  else
    query(**store, arguments[7], dimension);
  return 0;
}
