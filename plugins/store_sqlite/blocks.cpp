#include "blocks.hpp"

#include <algorithm>
#include <bit>

namespace store_sqlite {
namespace {

constexpr std::size_t wanted_bytes = 128 << 10;
constexpr std::size_t fewest_places = 16, most_places = 1024;

}  // namespace

Layout::Layout(std::uint32_t dimension)
    : dimension_(dimension),
      places_(std::clamp(std::bit_floor(wanted_bytes / std::max(dimension, 1u) + 1), fewest_places,
                         most_places)) {}

void create_vectors(Connection& connection, const Known& known) {
  if (known.dimension == 0) return;
  connection.execute("CREATE TABLE " + known.codes() +
                     "(block INTEGER PRIMARY KEY, codes BLOB NOT NULL); CREATE TABLE " +
                     known.rests() + "(block INTEGER PRIMARY KEY, rests BLOB NOT NULL);" +
                     "CREATE TABLE " + known.holes() + "(n INTEGER PRIMARY KEY)");
}

void drop_vectors(Connection& connection, const Known& known) {
  if (known.dimension == 0) return;
  connection.execute("DROP TABLE " + known.codes() + "; DROP TABLE " + known.rests() +
                     "; DROP TABLE " + known.holes());
}

Vectors::Vectors(Connection& connection, const Known& known, bool writes)
    : connection_(connection),
      layout_(known.dimension),
      codes_table_(known.codes()),
      rests_table_(known.rests()),
      codes_(connection, codes_table_, "codes", writes),
      rests_(connection, rests_table_, "rests", writes) {}

bool Vectors::is_there(std::int64_t block) {
  if (block == known_block_) return true;
  Statement find = connection_.prepare("SELECT block FROM " + codes_table_ + " WHERE block = ?");
  if (!find.bind(1, block).step()) return false;
  known_block_ = block;
  return true;
}

void Vectors::go_to(std::int64_t n) {
  codes_.at(layout_.block(n), layout_.codes_size());
  rests_.at(layout_.block(n), layout_.rests_size());
}

Head Vectors::head(std::int64_t n) {
  Head head;
  if (!is_there(layout_.block(n))) return head;
  codes_.at(layout_.block(n), layout_.codes_size());
  codes_.read(layout_.head_at(layout_.place(n)), &head, 1);
  return head;
}

std::int64_t Vectors::count() {
  std::int64_t found = 0;
  std::vector<Head> heads(layout_.places());
  Statement block = connection_.prepare("SELECT block FROM " + codes_table_);
  while (block.step()) {
    codes_.at(block.number(0), layout_.codes_size());
    codes_.read(layout_.head_at(0), heads.data(), heads.size());
    for (const Head& each : heads) found += !each.is_empty();
  }
  return found;
}

std::optional<Vector> Vectors::get(std::int64_t n) {
  Vector vector;
  vector.head = head(n);
  if (vector.head.is_empty()) return std::nullopt;
  rests_.at(layout_.block(n), layout_.rests_size());
  const std::size_t place = layout_.place(n);
  vector.codes.resize(layout_.dimension());
  vector.rests.resize(layout_.dimension());
  codes_.read(layout_.codes_at(place), vector.codes.data(), vector.codes.size());
  rests_.read(layout_.rests_at(place), vector.rests.data(), vector.rests.size());
  return vector;
}

void Vectors::put(std::int64_t n, const Vector& vector) {
  const std::int64_t block = layout_.block(n);
  if (!is_there(block)) {
    for (const auto& [table, size] : {std::pair(&codes_table_, layout_.codes_size()),
                                      std::pair(&rests_table_, layout_.rests_size())})
      connection_.prepare("INSERT INTO " + *table + " VALUES(?, zeroblob(?))")
          .bind(1, block)
          .bind(2, static_cast<std::int64_t>(size))
          .run();
    known_block_ = block;
  }
  go_to(n);
  write(layout_.place(n), vector);
}

void Vectors::erase(std::int64_t n) {
  if (!is_there(layout_.block(n))) return;
  go_to(n);
  Vector nothing;
  nothing.codes.resize(layout_.dimension());
  nothing.rests.resize(layout_.dimension());
  write(layout_.place(n), nothing);
}

void Vectors::write(std::size_t place, const Vector& vector) {
  codes_.write(layout_.head_at(place), &vector.head, 1);
  codes_.write(layout_.codes_at(place), vector.codes.data(), vector.codes.size());
  rests_.write(layout_.rests_at(place), vector.rests.data(), vector.rests.size());
}

}  // namespace store_sqlite
