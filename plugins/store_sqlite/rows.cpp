#include "rows.hpp"

#include <algorithm>

#include "names.hpp"
#include "parts.hpp"
#include "places.hpp"

namespace store_sqlite {
namespace {

using sdk::Failure;
using sdk::Record;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// What the word index was told of a row; it has to be told the same again to forget it.
struct Words {
  std::string_view title, path, text, names, parts;
  friend bool operator==(const Words&, const Words&) = default;
};

// The statements of one batch.
class Writer {
 public:
  Writer(Connection& connection, const Known& known)
      : known_(known),
        find_(connection.prepare("SELECT n, title, path, text, names, parts FROM " + known.rows() +
                                 " WHERE id = ?")),
        insert_(connection.prepare(
            "INSERT INTO " + known.rows() +
            "(id, digest, uri, title, url, path, metadata, text, names, parts, n)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")),
        update_(connection.prepare(
            "UPDATE " + known.rows() +
            " SET digest = ?2, uri = ?3, title = ?4, url = ?5, path = ?6, metadata = ?7,"
            " text = ?8, names = ?10, parts = ?11 WHERE n = ?9")),
        erase_(connection.prepare("DELETE FROM " + known.rows() + " WHERE n = ?")),
        add_words_(connection.prepare(
            "INSERT INTO " + known.words() +
            "(rowid, title, path, text, names, parts) VALUES(?, ?, ?, ?, ?, ?)")),
        drop_words_(connection.prepare("INSERT INTO " + known.words() + "(" + known.words() +
                                       ", rowid, title, path, text, names, parts)"
                                       " VALUES('delete', ?, ?, ?, ?, ?, ?)")),
        places_(connection, known) {}

  void upsert(const Record& record) {
    const std::optional<Vector> vector = checked_vector(record);
    const std::string id = id_bytes(record.id);
    const std::string names = names_of(record.url, record.text);
    const std::string parts = parts_of({record.title, record.path, record.text});
    const Words words{record.title, record.path, record.text, names, parts};
    find_.again();
    find_.bind_blob(1, id);
    if (find_.step()) {
      replace(record, words, vector);
    } else {
      insert(record, id, words, vector);
    }
    find_.again();
  }

  void remove(std::string_view hex) {
    const std::string id = id_bytes(hex);
    find_.again();
    find_.bind_blob(1, id);
    if (!find_.step()) return;
    const std::int64_t n = find_.number(0);
    index(drop_words_, n, kept_words());
    find_.again();
    run(erase_.bind(1, n));
    places_.give_back(n);
  }

 private:
  std::optional<Vector> checked_vector(const Record& record) const {
    if (record.vector.empty()) return std::nullopt;
    if (record.vector.size() != known_.dimension)
      throw Failure(FRESHET_E_INVALID_ARGUMENT,
                    "its vector has " + std::to_string(record.vector.size()) +
                        " dimensions, the namespace " + std::to_string(known_.dimension),
                    std::string(record.id));
    std::optional<Vector> vector = coded(record.vector);
    if (!vector)
      throw Failure(FRESHET_E_INVALID_ARGUMENT, "its vector is all zero or not finite",
                    std::string(record.id));
    return vector;
  }

  Words kept_words() const {
    return {find_.text(1), find_.text(2), find_.text(3), find_.text(4), find_.text(5)};
  }

  static void run(Statement& statement) {
    statement.run();
    statement.again();
  }

  void index(Statement& statement, std::int64_t n, const Words& words) {
    run(statement.bind(1, n)
            .bind(2, words.title)
            .bind(3, words.path)
            .bind(4, words.text)
            .bind(5, words.names)
            .bind(6, words.parts));
  }

  void insert(const Record& record, const std::string& id, const Words& words,
              const std::optional<Vector>& vector) {
    const std::int64_t n = places_.take();
    insert_.bind_blob(1, id)
        .bind(2, record.digest)
        .bind(3, record.uri)
        .bind(4, record.title)
        .bind(5, record.url);
    run(insert_.bind(6, record.path)
            .bind(7, record.metadata)
            .bind(8, record.text)
            .bind(9, words.names)
            .bind(10, words.parts)
            .bind(11, n));
    index(add_words_, n, words);
    places_.put(n, vector);
  }

  void replace(const Record& record, const Words& words, const std::optional<Vector>& vector) {
    const std::int64_t n = find_.number(0);
    const Words before = kept_words();
    const bool other_words = !(before == words);
    if (other_words) index(drop_words_, n, before);
    find_.again();
    update_.bind(2, record.digest).bind(3, record.uri).bind(4, record.title).bind(5, record.url);
    run(update_.bind(6, record.path)
            .bind(7, record.metadata)
            .bind(8, record.text)
            .bind(9, n)
            .bind(10, words.names)
            .bind(11, words.parts));
    if (other_words) index(add_words_, n, words);
    places_.put(n, vector);
  }

  const Known& known_;
  Statement find_, insert_, update_, erase_, add_words_, drop_words_;
  Places places_;
};

}  // namespace

std::string id_bytes(std::string_view hex) {
  std::string bytes;
  bool good = hex.size() == 32;
  for (std::size_t i = 0; good && i < hex.size(); i += 2) {
    const int high = digit_of(hex[i]);
    const int low = digit_of(hex[i + 1]);
    good = high >= 0 && low >= 0;
    bytes += static_cast<char>(high * 16 + low);
  }
  if (!good)
    throw Failure(FRESHET_E_INVALID_ARGUMENT, "is not an id of 32 lower-case hexadecimal digits",
                  std::string(hex.substr(0, 64)));
  return bytes;
}

std::string id_text(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

void upsert_rows(Connection& connection, const Known& known, std::span<const Record> records) {
  count_change(connection, known);
  Writer writer(connection, known);
  for (const Record& record : records) writer.upsert(record);
}

void remove_rows(Connection& connection, const Known& known,
                 std::span<const std::string_view> ids) {
  count_change(connection, known);
  {
    Writer writer(connection, known);
    for (const std::string_view id : ids) writer.remove(id);
  }
  compact_rows(connection, known, ids.size());
}

sdk::Found found_in(const Statement& statement) {
  sdk::Found found;
  found.id = id_text(statement.blob(0));
  int column = 1;
  for (std::string* each : {&found.digest, &found.text, &found.uri, &found.title, &found.url,
                            &found.path, &found.metadata})
    *each = statement.text(column++);
  return found;
}

void get_rows(Connection& connection, const Known& known, std::span<const std::string_view> ids,
              const sdk::FoundSink& found) {
  Statement statement = connection.prepare("SELECT " + std::string(found_columns) + ", r.n FROM " +
                                           known.rows() + " r WHERE r.id = ?");
  std::optional<Vectors> vectors;
  if (known.dimension != 0) vectors.emplace(connection, known, false);
  std::vector<std::string> sorted;
  for (const std::string_view id : ids) sorted.push_back(id_bytes(id));
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  for (const std::string& id : sorted) {
    statement.again();
    statement.bind_blob(1, id);
    if (!statement.step()) continue;
    sdk::Found row = found_in(statement);
    const auto vector = vectors ? vectors->get(statement.number(n_column)) : std::nullopt;
    if (vector) row.vector = vector->floats();
    found(row);
  }
}

void list_rows(Connection& connection, const Known& known, const std::string& cursor,
               std::uint32_t limit, const sdk::ListSink& page) {
  const std::string after = cursor.empty() ? std::string() : id_bytes(cursor);
  Statement statement = connection.prepare("SELECT id, digest FROM " + known.rows() +
                                           " WHERE id > ? ORDER BY id LIMIT ?");
  statement.bind_blob(1, after).bind(2, std::int64_t{limit});
  std::uint32_t rows = 0;
  std::string last;
  for (; statement.step(); ++rows) {
    last = id_text(statement.blob(0));
    page.row(last, std::string(statement.text(1)));
  }
  if (rows == limit) page.next(last);
}

}  // namespace store_sqlite
