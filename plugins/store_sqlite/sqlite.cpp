#include "sqlite.hpp"

#include <unistd.h>

namespace store_sqlite {
namespace {

// The schema is the plugin's own and so is every statement: where they do not fit each other, or a
// row is in the way of one that was looked for, the file is not as it was written.
freshet_status status_of(int code) {
  if (code == SQLITE_IOERR_SHORT_READ || code == SQLITE_IOERR_CORRUPTFS) return FRESHET_E_CORRUPT;
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return FRESHET_E_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return FRESHET_E_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return FRESHET_E_BUSY;
    case SQLITE_INTERRUPT:
      return FRESHET_E_CANCELLED;
    case SQLITE_NOMEM:
      return FRESHET_E_OUT_OF_MEMORY;
    case SQLITE_TOOBIG:
      return FRESHET_E_LIMIT;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return FRESHET_E_IO;
    default:
      return FRESHET_E_PLUGIN;
  }
}

int watching(void* call) { return static_cast<const sdk::Call*>(call)->cancelled() ? 1 : 0; }

constexpr int steps_between_looks = 20'000;

}  // namespace

Statement::~Statement() {
  sqlite3_reset(raw_);
  sqlite3_clear_bindings(raw_);
}

Statement& Statement::bind(int at, std::int64_t number) {
  connection_.check(sqlite3_bind_int64(raw_, at, number));
  return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();
  connection_.check(sqlite3_bind_text64(raw_, at, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_blob(int at, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  connection_.check(sqlite3_bind_blob64(raw_, at, data, bytes.size(), SQLITE_STATIC));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(raw_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_.raise(code);
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::again() { sqlite3_reset(raw_); }

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(raw_, column); }

double Statement::real(int column) const { return sqlite3_column_double(raw_, column); }

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(raw_, column))};
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(raw_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(raw_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(raw_, column) == SQLITE_NULL;
}

Connection::Connection(const std::string& file, bool writes, std::int64_t busy_ms,
                       std::uint64_t cache_bytes)
    : file_(file) {
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE;
  const int code = sqlite3_open_v2(file.c_str(), &raw_, flags, nullptr);
  if (code != SQLITE_OK) {
    const std::string why = raw_ == nullptr ? "out of memory" : sqlite3_errmsg(raw_);
    sqlite3_close_v2(raw_);
    throw sdk::Failure(status_of(code), why, file);
  }
  try {
    check(sqlite3_busy_timeout(raw_, static_cast<int>(busy_ms)));
    execute("PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = 1");
    execute("PRAGMA cache_size = -" + std::to_string(cache_bytes / 1024));
    execute("PRAGMA secure_delete = FAST");
    execute(writes ? "PRAGMA synchronous = FULL" : "PRAGMA query_only = 1");
  } catch (...) {
    sqlite3_close_v2(raw_);
    throw;
  }
}

Connection::~Connection() {
  forget_statements();
  sqlite3_close_v2(raw_);
}

Statement Connection::prepare(const std::string& sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return {*this, known->second};
  sqlite3_stmt* made = nullptr;
  check(sqlite3_prepare_v3(raw_, sql.c_str(), static_cast<int>(sql.size()) + 1,
                           SQLITE_PREPARE_PERSISTENT, &made, nullptr));
  statements_.emplace(sql, made);
  return {*this, made};
}

void Connection::execute(const std::string& sql) {
  check(sqlite3_exec(raw_, sql.c_str(), nullptr, nullptr, nullptr));
}

std::int64_t Connection::number(const std::string& sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.number(0) : 0;
}

std::string Connection::text(const std::string& sql) {
  Statement statement = prepare(sql);
  return statement.step() ? std::string(statement.text(0)) : std::string();
}

void Connection::forget_statements() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  statements_.clear();
}

void Connection::check(int code) const {
  if (code != SQLITE_OK) raise(code);
}

void Connection::raise(int code) const {
  const freshet_status status = status_of(code);
  if (status == FRESHET_E_CANCELLED) throw sdk::Failure(status, "cancelled", file_);
  // Two bytes of the header say whether it may be written.
  if (code == SQLITE_READONLY && ::access(file_.c_str(), W_OK) == 0)
    throw sdk::Failure(FRESHET_E_CORRUPT, "is damaged: its header forbids to write", file_);
  if (status == FRESHET_E_CORRUPT)
    throw sdk::Failure(status, "is damaged: " + std::string(sqlite3_errmsg(raw_)), file_);
  throw sdk::Failure(status, sqlite3_errmsg(raw_), file_);
}

void Connection::watch(const sdk::Call* call) {
  sqlite3_progress_handler(raw_, call == nullptr ? 0 : steps_between_looks,
                           call == nullptr ? nullptr : watching, const_cast<sdk::Call*>(call));
}

Transaction::Transaction(Connection& connection, const char* begin) : connection_(connection) {
  connection_.prepare(begin).run();
}

Transaction::~Transaction() {
  // Without effect where a failure has rolled back already.
  if (open_) sqlite3_exec(connection_.raw(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  connection_.prepare("COMMIT").run();
  open_ = false;
}

}  // namespace store_sqlite
