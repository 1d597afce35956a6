#include "upgrade.hpp"

#include <cstring>
#include <vector>

#include "blocks.hpp"
#include "file.hpp"
#include "names.hpp"
#include "parts.hpp"

namespace store_sqlite {
namespace {

std::vector<Known> namespaces(Connection& connection, const std::string& which = "") {
  std::vector<Known> all;
  Statement each = connection.prepare("SELECT number, dimension, model FROM namespaces" + which);
  while (each.step())
    all.push_back(
        {each.number(0), static_cast<std::uint32_t>(each.number(1)), std::string(each.text(2))});
  return all;
}

// Whether anything is other than it was.
bool fill_in(Connection& connection, const Known& known) {
  Statement rows = connection.prepare("SELECT n, title, path, text, url, names, parts FROM " +
                                      known.rows() + " WHERE n > ? ORDER BY n LIMIT 1");
  Statement update =
      connection.prepare("UPDATE " + known.rows() + " SET names = ?2, parts = ?3 WHERE n = ?1");
  bool changed = false;
  for (std::int64_t n = -1;;) {
    rows.again();
    if (!rows.bind(1, n).step()) return changed;
    n = rows.number(0);
    const std::string names = names_of(rows.text(4), rows.text(3));
    const std::string parts = parts_of({rows.text(1), rows.text(2), rows.text(3)});
    if (names == rows.text(5) && parts == rows.text(6)) continue;
    update.bind(1, n).bind(2, names).bind(3, parts).run();
    update.again();
    changed = true;
  }
}

void rebuild_words(Connection& connection, const Known& known) {
  connection.execute("INSERT INTO " + known.words() + "(" + known.words() + ") VALUES('rebuild')");
}

// The words of format 1 were those of the texts alone.
void add_parts(Connection& connection, const Known& known) {
  const std::string add = "ALTER TABLE " + known.rows() + " ADD COLUMN ";
  connection.execute(add + "names TEXT NOT NULL DEFAULT ''; " + add +
                     "parts TEXT NOT NULL DEFAULT ''");
  connection.execute("DROP TABLE " + known.words());
  fill_in(connection, known);
  create_words(connection, known);
  rebuild_words(connection, known);
}

std::vector<float> floats_of(std::string_view blob) {
  std::vector<float> floats(blob.size() / sizeof(float));
  std::memcpy(floats.data(), blob.data(), floats.size() * sizeof(float));
  return floats;
}

void move_vectors(Connection& connection, const Known& known, const std::string& from) {
  Vectors vectors(connection, known, true);
  Statement each = connection.prepare("SELECT n, vector FROM " + from + " ORDER BY n");
  while (each.step()) {
    const auto vector = coded(floats_of(each.blob(1)));
    if (!vector || each.blob(1).size() != known.dimension * sizeof(float))
      throw sdk::Failure(FRESHET_E_CORRUPT, "is damaged: a stored vector is no vector",
                         connection.file());
    vectors.put(each.number(0), *vector);
  }
}

void note_holes(Connection& connection, const Known& known) {
  Statement rows = connection.prepare("SELECT n FROM " + known.rows() + " ORDER BY n");
  Statement hole = connection.prepare("INSERT INTO " + known.holes() + " VALUES(?)");
  for (std::int64_t next = 1; rows.step(); ++next)
    for (; next < rows.number(0); ++next) {
      hole.bind(1, next).run();
      hole.again();
    }
}

// Until format 2 each vector was a row of its own, of floats.
void gather_vectors(Connection& connection, const Known& known) {
  const std::string before = "vectors_" + std::to_string(known.number);
  if (known.dimension != 0) {
    create_vectors(connection, known);
    move_vectors(connection, known, before);
    note_holes(connection, known);
  }
  connection.forget_statements();
  connection.execute("DROP TABLE " + before);
}

}  // namespace

void upgrade_file(Connection& connection) {
  Transaction transaction(connection);
  const std::int64_t version = connection.number("PRAGMA user_version");
  if (version == format) return;  // another process was quicker
  if (version < 2)
    connection.execute("ALTER TABLE namespaces ADD COLUMN analysis INTEGER NOT NULL DEFAULT 1");
  connection.execute("ALTER TABLE namespaces ADD COLUMN changes INTEGER NOT NULL DEFAULT 0");
  for (const Known& known : namespaces(connection)) {
    if (version < 2) add_parts(connection, known);
    gather_vectors(connection, known);
  }
  connection.forget_statements();
  connection.execute("UPDATE namespaces SET analysis = " + std::to_string(analysis) +
                     "; PRAGMA user_version = " + std::to_string(format));
  transaction.commit();
}

void renew_words(Connection& connection) {
  const std::string older = " WHERE analysis < " + std::to_string(analysis);
  if (namespaces(connection, older).empty()) return;
  Transaction transaction(connection);
  for (const Known& known : namespaces(connection, older))
    if (fill_in(connection, known)) rebuild_words(connection, known);
  connection.execute("UPDATE namespaces SET analysis = " + std::to_string(analysis) + older);
  transaction.commit();
}

}  // namespace store_sqlite
