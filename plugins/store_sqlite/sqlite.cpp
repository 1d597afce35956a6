#include "sqlite.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

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
    case SQLITE_TOOBIG:
      return FRESHET_E_LIMIT;
    case SQLITE_NOMEM:
      return FRESHET_E_OUT_OF_MEMORY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return FRESHET_E_DENIED;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return FRESHET_E_IO;
    default:
      return FRESHET_E_PLUGIN;
  }
}

// Why there is no room for more in the store's files; 0: there is.
int room_problem(const std::string& file) {
  struct statvfs disk {};
  if (::statvfs(file.c_str(), &disk) == 0 && disk.f_bavail == 0) return ENOSPC;
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0) return 0;
  for (const char* part : {"", "-wal", "-shm"}) {
    struct stat found {};
    const bool there = ::stat((file + part).c_str(), &found) == 0;
    if (there && static_cast<rlim_t>(found.st_size) >= limit.rlim_cur) return EFBIG;
  }
  return 0;
}

// What the system said behind this failure, as an errno; 0: nothing of use.
int errno_behind(sqlite3* raw, int code, const std::string& file) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return ENOSPC;
    case SQLITE_READONLY:
      return ::access(file.c_str(), W_OK) != 0 ? errno : 0;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: {
      const int number = raw != nullptr ? sqlite3_system_errno(raw) : 0;
      if (number != ENOENT && number != 0) return number;
      // SQLite has looked for another file since it failed to write.
      const bool wrote = code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE;
      if (wrote) return room_problem(file);
      // What it looks for beside the file is missing where it cannot be made. And "not found" would
      // speak of a namespace.
      return ::access(file.c_str(), W_OK) != 0 && errno != ENOENT ? errno : 0;
    }
    default:
      return 0;
  }
}

[[noreturn]] void throw_failure(sqlite3* raw, int code, const std::string& file) {
  const std::string what = raw == nullptr ? "out of memory" : sqlite3_errmsg(raw);
  if (const int number = errno_behind(raw, code, file); number != 0) {
    const bool full = sdk::status_of_errno(number) == FRESHET_E_FULL;
    throw sdk::failure_of_errno(number, full ? "cannot be written" : what, file);
  }
  throw sdk::Failure(status_of(code), what, file);
}

// The file's name as SQLite takes it with parameters behind.
std::string uri_of(const std::string& file, const std::string& parameters) {
  std::string uri = "file:";
  for (const char c : file)
    uri += c == '%' ? "%25" : c == '?' ? "%3f" : c == '#' ? "%23" : std::string(1, c);
  return uri + "?" + parameters;
}

int open(const std::string& file, Use use, sqlite3** raw) {
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW;
  if (use == Use::read_unchanged)
    return sqlite3_open_v2(uri_of(file, "immutable=1").c_str(), raw,
                           flags | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
  return sqlite3_open_v2(file.c_str(), raw, flags | SQLITE_OPEN_READWRITE, nullptr);
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

Connection::Connection(const std::string& file, Use use, std::int64_t busy_ms,
                       std::uint64_t cache_bytes)
    : file_(file) {
  const int code = open(file, use, &raw_);
  try {
    if (code != SQLITE_OK) throw_failure(raw_, code, file_);
    check(sqlite3_busy_timeout(raw_, static_cast<int>(busy_ms)));
    if (use == Use::read_alone) execute("PRAGMA locking_mode = EXCLUSIVE");  // before any reading
    execute("PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = 1");
    execute("PRAGMA cache_size = -" + std::to_string(cache_bytes / 1024));
    execute("PRAGMA secure_delete = FAST");
    // A reader's pages come from the system's cache without a copy; what SQLite does not map, it reads.
    if (use == Use::read || use == Use::read_unchanged) execute("PRAGMA mmap_size = 2147418112");
    execute(use == Use::write ? "PRAGMA synchronous = FULL" : "PRAGMA query_only = 1");
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
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owned(made, &sqlite3_finalize);
  statements_.emplace(sql, made);
  return {*this, owned.release()};
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
  throw_failure(raw_, code, file_);
}

void Connection::watch(const sdk::Call* call) {
  watched_ = call;
  sqlite3_progress_handler(raw_, call == nullptr ? 0 : steps_between_looks,
                           call == nullptr ? nullptr : watching, const_cast<sdk::Call*>(call));
}

void Connection::stop_if_cancelled() const {
  if (watched_ != nullptr && watched_->cancelled()) raise(SQLITE_INTERRUPT);
}

Transaction::Transaction(Connection& connection, const char* begin) : connection_(connection) {
  // Without memory the end of the one before may have failed.
  if (sqlite3_get_autocommit(connection.raw()) == 0) connection_.execute("ROLLBACK");
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
