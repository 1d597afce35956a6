// core/lmdb/transaction.hpp - one LMDB transaction: records in, records out, each sealed to its place.
//
// What it returns is borrowed from the map: good until the transaction ends and, in a write
// transaction, until the next change. The first LMDB failure is kept, so that a caller who ignores
// it cannot commit. One thread at a time; write transactions live on the writer thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/lmdb/environment.hpp"
#include "core/lmdb/format.hpp"

struct MDB_cursor;

namespace freshet::lmdb {

class Transaction {
 public:
  // Over a write transaction that the writer thread owns; null: nothing yet, until start_reading().
  Transaction(std::shared_ptr<Environment> environment, RawTransaction* txn);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // A snapshot of its own, given back at the end.
  base::Status start_reading();

  // The parts of a key; the error for one of another form names database and key.
  template <typename Form>
  base::Result<typename Form::Tuple> parts(Db db, std::string_view key) const {
    const auto parts = Form::parse(key);
    if (!parts) return malformed(db, key);
    return *parts;
  }

  // The body under `key`, its seal checked; nothing where there is none.
  base::Result<std::optional<std::string_view>> get(Db db, std::string_view key) const;
  base::Result<bool> has(Db db, std::string_view key) const;
  base::Status put(Db db, std::string_view key, Encoder& value);
  base::Status put(Db db, std::string_view key);  // an index row: the key says it all
  base::Result<bool> remove(Db db, std::string_view key);
  base::Result<std::uint64_t> count(Db db) const;

  base::Status check_fault() const;  // fails with the first failure of LMDB
  bool changed() const { return changed_; }
  std::uint64_t bytes_written() const { return bytes_written_; }

  tl::unexpected<base::Error> malformed(Db db, std::string_view key) const;
  const Environment& environment() const { return *environment_; }

 private:
  friend class Cursor;
  base::Status alive() const;
  base::Status may_write() const;
  tl::unexpected<base::Error> failed(int code, const char* what) const;
  tl::unexpected<base::Error> damaged(Db db, std::string_view key, std::string_view value) const;

  std::shared_ptr<Environment> environment_;
  RawTransaction* txn_;
  const bool writing_;
  mutable std::optional<base::Error> fault_;
  bool changed_ = false;
  std::uint64_t bytes_written_ = 0;
};

// Walks the keys that begin with a prefix, in order. After a failed step it is at the end, and
// status() says why. In a write transaction do not change the database while walking it.
class Cursor {
 public:
  Cursor(const Transaction& transaction, Db db, std::string_view prefix);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  void seek(std::string_view key);  // the first key not before `key`
  void next();
  void seek_last();  // the last key of the database; not valid where that one has another prefix
  void previous();
  bool valid() const { return valid_; }
  std::string_view key() const { return key_; }
  std::string_view body() const { return body_; }  // its seal checked
  const base::Status& status() const { return status_; }

 private:
  void step(int operation, std::string_view key);

  const Transaction& transaction_;
  const Db db_;
  const std::string prefix_;
  MDB_cursor* cursor_ = nullptr;
  bool valid_ = false;
  std::string_view key_, body_;
  base::Status status_;
};

}  // namespace freshet::lmdb
