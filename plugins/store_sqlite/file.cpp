#include "file.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>

#include "blocks.hpp"
#include "own_file.hpp"
#include "recover.hpp"
#include "upgrade.hpp"

namespace store_sqlite {
namespace {

namespace fs = std::filesystem;
using sdk::Failure;

constexpr std::size_t most_resting = 8;

// One file is made and prepared at a time in this process: see make_own_file().
std::mutex preparing;

bool is_empty(const std::string& path) {
  std::error_code problem;
  return fs::file_size(path, problem) == 0 && !problem;
}

// A file cut short reads as zeros behind its end, and would be found out late.
void check_length(Connection& connection) {
  std::error_code problem;
  const auto wal = fs::file_size(connection.file() + "-wal", problem);
  if (!problem && wal > 0) return;  // pages may still be there only
  const auto bytes = fs::file_size(connection.file(), problem);
  const auto pages = static_cast<std::uint64_t>(connection.number("PRAGMA page_count"));
  const auto size = static_cast<std::uint64_t>(connection.number("PRAGMA page_size"));
  if (!problem && bytes < pages * size)
    throw Failure(
        FRESHET_E_CORRUPT,
        "is damaged: it has " + std::to_string(bytes) + " bytes of " + std::to_string(pages * size),
        connection.file());
}

void check_owner(Connection& connection) {
  const std::int64_t owner = connection.number("PRAGMA application_id");
  const std::int64_t version = connection.number("PRAGMA user_version");
  const std::string table = connection.text(namespaces_sql);
  const bool ours = is_namespaces_table(table);
  if (ours && (owner != application || version > format))
    throw Failure(FRESHET_E_CORRUPT, "is damaged: its header is not the one of its tables",
                  connection.file());
  if (owner != application)
    throw Failure(FRESHET_E_VERSION, "is an SQLite file of another program", connection.file());
  if (version > format)
    throw Failure(FRESHET_E_VERSION,
                  "has format " + std::to_string(version) +
                      ", made by a newer freshet; this one knows " + std::to_string(format),
                  connection.file());
}

void create_tables(Connection& connection) {
  Transaction transaction(connection);
  if (connection.number("PRAGMA application_id") == application)
    return;  // another process was quicker
  connection.execute(std::string(namespaces_table) +
                     ";PRAGMA application_id = " + std::to_string(application) +
                     ";"
                     "PRAGMA user_version = " +
                     std::to_string(format));
  transaction.commit();
}

// The switch needs the file for itself, and SQLite does not wait for it: two processes that make
// one file would fail each other.
void use_wal(Connection& writer, std::int64_t busy_ms) {
  constexpr auto pause = std::chrono::milliseconds(10);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(busy_ms);
  for (;;) try {
      if (writer.text("PRAGMA journal_mode") == "wal") return;
      if (writer.text("PRAGMA journal_mode = WAL") == "wal") return;
      throw Failure(FRESHET_E_UNSUPPORTED,
                    "write-ahead logging does not work here; is this a network file system?",
                    writer.file());
    } catch (const Failure& failure) {
      if (failure.status != FRESHET_E_BUSY || std::chrono::steady_clock::now() >= end) throw;
      std::this_thread::sleep_for(pause);
    }
}

void prepare_file(Connection& writer, bool created, std::int64_t busy_ms) {
  if (created) writer.execute("PRAGMA page_size = 8192");
  if (!created) check_length(writer);
  const bool is_new = writer.number("SELECT count(*) FROM sqlite_schema") == 0 &&
                      writer.number("PRAGMA application_id") == 0;
  if (!is_new) check_owner(writer);
  use_wal(writer, busy_ms);
  writer.forget_statements();
  writer.execute("PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864");
  if (is_new) create_tables(writer);
  if (writer.number("PRAGMA user_version") < format) upgrade_file(writer);
  renew_words(writer);
}

void create_namespace_tables(Connection& connection, const Known& known) {
  connection.execute(
      "CREATE TABLE " + known.rows() +
      "(n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, digest TEXT NOT NULL, uri TEXT NOT NULL,"
      " title TEXT NOT NULL, url TEXT NOT NULL, path TEXT NOT NULL, metadata TEXT NOT NULL,"
      " text TEXT NOT NULL, names TEXT NOT NULL DEFAULT '', parts TEXT NOT NULL DEFAULT '')");
  create_vectors(connection, known);
  create_words(connection, known);
}

std::string described(std::uint32_t dimension, const std::string& model) {
  if (dimension == 0) return "no vectors";
  return std::to_string(dimension) + " dimensions of the model \"" + model + "\"";
}

}  // namespace

bool is_namespaces_table(const std::string& sql) {
  return sql == namespaces_table || sql == namespaces_table_2 || sql == namespaces_table_1;
}

std::optional<Known> lookup_namespace(Connection& connection, const std::string& name) {
  Statement statement =
      connection.prepare("SELECT number, dimension, model FROM namespaces WHERE name = ?");
  statement.bind(1, name);
  if (!statement.step()) return std::nullopt;
  return Known{statement.number(0), static_cast<std::uint32_t>(statement.number(1)),
               std::string(statement.text(2))};
}

std::string words_table(const Known& known) {
  return "CREATE VIRTUAL TABLE " + known.words() +
         " USING fts5(title, path, text, names, parts, content='" + known.rows() +
         "', content_rowid='n', tokenize=\"porter unicode61 remove_diacritics 2 tokenchars '_'"
         " categories 'L* M* N* Co'\")";
}

void create_words(Connection& connection, const Known& known) {
  connection.execute(words_table(known));
  const std::string words = known.words();
  for (const auto& [key, value] : words_settings) {
    Statement set =
        connection.prepare("INSERT INTO " + words + "(" + words + ", rank) VALUES(?, ?)");
    set.bind(1, key);
    set.bind(2, value).run();
  }
}

File::File(const Options& options) : options_(options) {
  resting_.reserve(most_resting);  // giving a connection back cannot fail
  const std::lock_guard lock(preparing);
  options_.path = make_own_file(options_.path, options_.allow_shared);
  const bool created = is_empty(options_.path);
  try {
    open_writer(created);
  } catch (const Failure& failure) {
    if (failure.status == FRESHET_E_CORRUPT) {
      writer_.reset();
      refuse_foreign(options_);
      throw;
    }
    const bool for_want_of_room =
        failure.status == FRESHET_E_FULL || failure.status == FRESHET_E_DENIED;
    if (created || !for_want_of_room) throw;
    reads_only_ = true;
  }
}

void File::open_writer(bool created) {
  auto writer = std::make_unique<Connection>(options_.path, Use::write, options_.busy_ms,
                                             options_.cache_bytes);
  prepare_file(*writer, created, options_.busy_ms);
  writer_ = std::move(writer);
  reads_only_ = false;
}

File::Lease::Lease(File& file, std::unique_ptr<Connection> connection, const sdk::Call& call,
                   std::unique_lock<std::mutex> alone)
    : file_(file), alone_(std::move(alone)), connection_(std::move(connection)) {
  connection_->watch(&call);
}

File::Lease::~Lease() {
  connection_->watch(nullptr);
  if (alone_.owns_lock()) return;
  const std::lock_guard lock(file_.resting_mutex_);
  if (file_.resting_.size() < most_resting) file_.resting_.push_back(std::move(connection_));
}

// On a read-only file system the store is read as it lies there, if nothing is left in its -wal.
// On a full disk there is no room for a -shm, and one connection does without.
File::Lease File::read_without_writing(const sdk::Call& call) {
  std::unique_lock alone(writing_);
  const bool changeable = ::access(options_.path.c_str(), W_OK) == 0;
  std::error_code problem;
  const auto left = fs::file_size(options_.path + "-wal", problem);
  if (!changeable && !problem && left > 0)
    throw Failure(FRESHET_E_DENIED,
                  "has changes in its -wal, which cannot be read where nothing can be written",
                  options_.path);
  auto connection = std::make_unique<Connection>(options_.path,
                                                 changeable ? Use::read_alone : Use::read_unchanged,
                                                 options_.busy_ms, options_.cache_bytes);
  check_owner(*connection);
  const std::int64_t version = connection->number("PRAGMA user_version");
  connection->forget_statements();
  if (version < format)
    throw Failure(FRESHET_E_DENIED,
                  "has format " + std::to_string(version) + ", and becomes one of format " +
                      std::to_string(format) + " only where it can be written",
                  options_.path);
  return {*this, std::move(connection), call, std::move(alone)};
}

std::unique_ptr<Connection> File::resting_or_new() {
  {
    const std::lock_guard lock(resting_mutex_);
    if (!resting_.empty()) {
      std::unique_ptr<Connection> connection = std::move(resting_.back());
      resting_.pop_back();
      return connection;
    }
  }
  return std::make_unique<Connection>(options_.path, Use::read, options_.busy_ms,
                                      options_.cache_bytes);
}

File::Lease File::read(const sdk::Call& call) {
  if (reads_only_) return read_without_writing(call);
  return {*this, resting_or_new(), call};
}

std::optional<File::Lease> File::read_beside(const sdk::Call& call) {
  if (reads_only_) return std::nullopt;
  try {
    return std::optional<Lease>(std::in_place, *this, resting_or_new(), call);
  } catch (const Failure&) {  // no descriptor, say
    return std::nullopt;
  }
}

Known find_namespace(Connection& connection, const std::string& name) {
  if (auto known = lookup_namespace(connection, name)) return *std::move(known);
  throw Failure(FRESHET_E_NOT_FOUND, "there is no such namespace", name);
}

void ensure_namespace(Connection& connection, const sdk::Namespace& wanted) {
  if (wanted.name.empty()) throw Failure(FRESHET_E_INVALID_ARGUMENT, "a namespace has a name");
  if (const auto known = lookup_namespace(connection, wanted.name)) {
    if (known->dimension == wanted.dimension && known->model == wanted.model) return;
    throw Failure(FRESHET_E_INVALID_ARGUMENT,
                  "was made with " + described(known->dimension, known->model) + ", not with " +
                      described(wanted.dimension, wanted.model),
                  wanted.name);
  }
  Statement insert = connection.prepare(
      "INSERT INTO namespaces(name, dimension, model, analysis) VALUES(?, ?, ?, ?)");
  insert.bind(1, wanted.name).bind(2, std::int64_t{wanted.dimension}).bind(3, wanted.model);
  insert.bind(4, analysis).run();
  create_namespace_tables(connection, {connection.last_row(), wanted.dimension, wanted.model});
}

std::vector<std::string> namespace_names(Connection& connection) {
  std::vector<std::string> names;
  Statement all = connection.prepare("SELECT name FROM namespaces ORDER BY name");
  while (all.step()) names.emplace_back(all.text(0));
  return names;
}

void drop_namespace(Connection& connection, const std::string& name) {
  const auto known = lookup_namespace(connection, name);
  if (!known) return;
  connection.forget_statements();  // a table in use cannot be dropped
  connection.execute("DROP TABLE " + known->words() + "; DROP TABLE " + known->rows());
  drop_vectors(connection, *known);
  connection.prepare("DELETE FROM namespaces WHERE number = ?").bind(1, known->number).run();
}

void replace_namespace(Connection& connection, const std::string& name, const std::string& by) {
  connection.execute(
      "CREATE TABLE IF NOT EXISTS replaced(name TEXT PRIMARY KEY, last TEXT NOT NULL)");
  const auto next = lookup_namespace(connection, by);
  if (!next) {
    Statement last = connection.prepare("SELECT last FROM replaced WHERE name = ?");
    if (last.bind(1, name).step() && last.text(0) == by) return;
    throw Failure(FRESHET_E_NOT_FOUND, "there is no such namespace", by);
  }
  drop_namespace(connection, name);
  connection.prepare("UPDATE namespaces SET name = ? WHERE number = ?")
      .bind(1, name)
      .bind(2, next->number)
      .run();
  connection
      .prepare(
          "INSERT INTO replaced(name, last) VALUES(?1, ?2)"
          " ON CONFLICT(name) DO UPDATE SET last = ?2")
      .bind(1, name)
      .bind(2, by)
      .run();
}

}  // namespace store_sqlite
