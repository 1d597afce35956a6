// store_sqlite/sqlite.hpp - one SQLite connection and its prepared statements, as C++.
//
// A Connection belongs to one thread at a time. Every failure is thrown as an sdk::Failure that
// names the file, with SQLite's code turned into a status.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include <freshet/sdk/freshet_sdk.hpp>

namespace store_sqlite {

namespace sdk = freshet::sdk;

class Connection;

// A prepared statement in use: bound, stepped, and reset when it goes. Borrowed from its
// connection.
class Statement {
 public:
  Statement(Connection& connection, sqlite3_stmt* raw) : connection_(connection), raw_(raw) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Parameters count from 1. Texts and blobs are borrowed until the statement goes.
  Statement& bind(int at, std::int64_t number);
  Statement& bind(int at, std::string_view text);
  Statement& bind_blob(int at, std::string_view bytes);

  bool step();   // true: a row
  void run();    // to the end
  void again();  // once more, with other parameters

  // Columns count from 0. Views are good until the next step.
  std::int64_t number(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  bool is_null(int column) const;

 private:
  Connection& connection_;
  sqlite3_stmt* raw_;
};

// What a connection is for. The last two read where SQLite cannot make the files beside the store.
enum class Use {
  write,
  read,
  read_alone,     // on a full disk: keeps what the -shm would hold in memory, and locks others out
  read_unchanged  // on a read-only file system, where nobody writes
};

class Connection {
 public:
  // Fails where the file cannot be opened; nothing is read yet.
  Connection(const std::string& file, Use use, std::int64_t busy_ms, std::uint64_t cache_bytes);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Statement prepare(const std::string& sql);  // kept, and found again by its text
  void execute(const std::string& sql);       // statements without parameters, not kept
  std::int64_t number(const std::string& sql);
  std::string text(const std::string& sql);
  void forget_statements();

  std::int64_t last_row() const { return sqlite3_last_insert_rowid(raw_); }
  const std::string& file() const { return file_; }
  sqlite3* raw() const { return raw_; }

  // Throws what `code` means, unless it is SQLITE_OK.
  void check(int code) const;
  [[noreturn]] void raise(int code) const;

  // Long statements end with FRESHET_E_CANCELLED when the call should stop.
  void watch(const sdk::Call* call);
  void stop_if_cancelled() const;  // for work that is no statement's

 private:
  std::string file_;
  sqlite3* raw_ = nullptr;
  const sdk::Call* watched_ = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

// Rolls back unless commit() was reached.
class Transaction {
 public:
  explicit Transaction(Connection& connection, const char* begin = "BEGIN IMMEDIATE");
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace store_sqlite
