#include "places.hpp"

namespace store_sqlite {
namespace {

// A quarter of the places, but not for a block's worth of them.
bool has_many_holes(Connection& connection, const Known& known) {
  const std::int64_t holes = connection.number("SELECT count(*) FROM " + known.holes());
  const std::int64_t last = connection.number("SELECT ifnull(max(n), 0) FROM " + known.rows());
  const auto block = static_cast<std::int64_t>(Layout(known.dimension).places());
  return holes > block && holes > last / 4;
}

// False: all rows lie before the holes.
bool move_last_row(Connection& connection, const Known& known) {
  const std::int64_t from = connection.number("SELECT ifnull(max(n), 0) FROM " + known.rows());
  const std::int64_t to = connection.number("SELECT ifnull(min(n), 0) FROM " + known.holes());
  if (to == 0 || to > from) return false;
  const std::string columns = "title, path, text, names, parts";
  const std::string words = known.words(), rows = known.rows();
  connection
      .prepare("INSERT INTO " + words + "(" + words + ", rowid, " + columns +
               ") SELECT 'delete', n, " + columns + " FROM " + rows + " WHERE n = ?")
      .bind(1, from)
      .run();
  connection.prepare("UPDATE " + rows + " SET n = ? WHERE n = ?").bind(1, to).bind(2, from).run();
  connection
      .prepare("INSERT INTO " + words + "(rowid, " + columns + ") SELECT n, " + columns + " FROM " +
               rows + " WHERE n = ?")
      .bind(1, to)
      .run();
  connection.prepare("DELETE FROM " + known.holes() + " WHERE n = ?").bind(1, to).run();
  Places(connection, known).move(from, to);
  return true;
}

void give_back_blocks(Connection& connection, const Known& known) {
  const std::int64_t last = connection.number("SELECT ifnull(max(n), 0) FROM " + known.rows());
  connection.prepare("DELETE FROM " + known.holes() + " WHERE n > ?").bind(1, last).run();
  const std::int64_t blocks = last == 0 ? 0 : Layout(known.dimension).block(last) + 1;
  for (const std::string& table : {known.codes(), known.rests()})
    connection.prepare("DELETE FROM " + table + " WHERE block >= ?").bind(1, blocks).run();
}

}  // namespace

Places::Places(Connection& connection, const Known& known)
    : connection_(connection), known_(known) {
  if (known.dimension != 0) vectors_.emplace(connection, known, true);
}

std::int64_t Places::after_last() {
  return connection_.number("SELECT ifnull(max(n), 0) + 1 FROM " + known_.rows());
}

std::int64_t Places::take() {
  if (!vectors_) return after_last();
  const std::int64_t hole = connection_.number("SELECT ifnull(min(n), 0) FROM " + known_.holes());
  if (hole == 0) return after_last();
  connection_.prepare("DELETE FROM " + known_.holes() + " WHERE n = ?").bind(1, hole).run();
  return hole;
}

void Places::give_back(std::int64_t n) {
  if (!vectors_) return;
  vectors_->erase(n);
  connection_.prepare("INSERT INTO " + known_.holes() + " VALUES(?)").bind(1, n).run();
}

void Places::put(std::int64_t n, const std::optional<Vector>& vector) {
  if (vector)
    vectors_->put(n, *vector);
  else if (vectors_)
    vectors_->erase(n);
}

void Places::move(std::int64_t from, std::int64_t to) {
  const auto vector = vectors_->get(from);
  put(to, vector);
  vectors_->erase(from);
}

void count_change(Connection& connection, const Known& known) {
  connection.prepare("UPDATE namespaces SET changes = changes + 1 WHERE number = ?")
      .bind(1, known.number)
      .run();
}

void compact_rows(Connection& connection, const Known& known, std::size_t removed) {
  constexpr std::size_t more = 64;
  if (known.dimension == 0 || !has_many_holes(connection, known)) return;
  for (std::size_t left = 2 * removed + more; left > 0 && move_last_row(connection, known);) --left;
  give_back_blocks(connection, known);
}

}  // namespace store_sqlite
