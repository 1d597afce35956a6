#include "upgrade.hpp"

#include <vector>

#include "file.hpp"
#include "names.hpp"
#include "parts.hpp"

namespace store_sqlite {
namespace {

std::vector<Known> namespaces(Connection& connection) {
  std::vector<Known> all;
  Statement each = connection.prepare("SELECT number, dimension, model FROM namespaces");
  while (each.step())
    all.push_back(
        {each.number(0), static_cast<std::uint32_t>(each.number(1)), std::string(each.text(2))});
  return all;
}

void fill_in(Connection& connection, const Known& known) {
  Statement rows = connection.prepare("SELECT n, title, path, text, url FROM " + known.rows() +
                                      " WHERE n > ? ORDER BY n LIMIT 1");
  Statement update =
      connection.prepare("UPDATE " + known.rows() + " SET names = ?2, parts = ?3 WHERE n = ?1");
  for (std::int64_t n = -1;;) {
    rows.again();
    if (!rows.bind(1, n).step()) return;
    n = rows.number(0);
    const std::string names = names_of(rows.text(4), rows.text(3));
    const std::string parts = parts_of({rows.text(1), rows.text(2), rows.text(3)});
    update.bind(1, n).bind(2, names).bind(3, parts).run();
    update.again();
  }
}

void upgrade_namespace(Connection& connection, const Known& known) {
  const std::string add = "ALTER TABLE " + known.rows() + " ADD COLUMN ";
  connection.execute(add + "names TEXT NOT NULL DEFAULT ''; " + add +
                     "parts TEXT NOT NULL DEFAULT ''");
  connection.execute("DROP TABLE " + known.words());
  fill_in(connection, known);
  create_words(connection, known);
  connection.execute("INSERT INTO " + known.words() + "(" + known.words() + ") VALUES('rebuild')");
}

}  // namespace

void upgrade_file(Connection& connection) {
  Transaction transaction(connection);
  if (connection.number("PRAGMA user_version") == format) return;  // another process was quicker
  connection.execute("ALTER TABLE namespaces ADD COLUMN analysis INTEGER NOT NULL DEFAULT 1");
  for (const Known& known : namespaces(connection)) upgrade_namespace(connection, known);
  connection.forget_statements();
  connection.execute("UPDATE namespaces SET analysis = " + std::to_string(analysis) +
                     "; PRAGMA user_version = " + std::to_string(format));
  transaction.commit();
}

}  // namespace store_sqlite
