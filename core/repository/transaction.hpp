// core/repository/transaction.hpp - one LMDB transaction of one namespace: records in, records out.
//
// What it returns is borrowed from the map: good until the transaction ends and, in a write
// transaction, until the next change. The first LMDB failure is kept, so that a caller who ignores
// it cannot commit. One thread at a time; write transactions live on the writer thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/ports/clock.hpp"
#include "core/repository/codec.hpp"
#include "core/repository/environment.hpp"

struct MDB_txn;
struct MDB_cursor;

namespace freshet::repository {

// What a Repository is, besides its environment.
struct Space {
  std::uint32_t id = 0;
  const ports::Clock* clock = nullptr;
  std::string name = {};
  bool dropping = false;  // may go on with a namespace that is being dropped
};

class Transaction {
 public:
  // A reading one of its own, given back at the end.
  static base::Result<std::unique_ptr<Transaction>> read(std::shared_ptr<Environment> environment,
                                                         Space space);
  // Over a write transaction that the writer thread owns.
  Transaction(std::shared_ptr<Environment> environment, MDB_txn* txn, Space space);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  std::uint32_t space() const { return space_.id; }
  const ports::Clock& clock() const { return *space_.clock; }
  Key key() const { return Key(space_.id); }  // what all keys of the namespace begin with
  template <typename Form, typename... Parts>
  Key key(const Parts&... parts) const {
    return Form::make(space_.id, parts...);
  }
  // The parts of a key; the error for one of another form names database and key.
  template <typename Form>
  base::Result<typename Form::Tuple> parts(Db db, std::string_view key) const {
    const auto parts = Form::parse(key);
    if (!parts) return malformed(db, key);
    return *parts;
  }
  const std::string& name() const { return space_.name; }

  // The body under `key`, its seal checked; nothing where there is none.
  base::Result<std::optional<std::string_view>> get(Db db, std::string_view key) const;
  base::Result<bool> has(Db db, std::string_view key) const;
  base::Status put(Db db, std::string_view key, Encoder& value);
  base::Status put(Db db, std::string_view key);  // an index row: the key says it all
  base::Result<bool> remove(Db db, std::string_view key);
  base::Result<std::uint64_t> count(Db db) const;

  // A decoded record; the error for one that does not decode names database and key.
  template <typename Record>
  base::Result<std::optional<Record>> record(Db db, std::string_view key) const {
    FRESHET_ASSIGN(const auto body, get(db, key));
    if (!body) return std::nullopt;
    std::optional<Record> record(std::in_place);
    if (!decode(*body, *record)) return malformed(db, key);
    return record;
  }

  // Loaded once, written by finish().
  base::Result<Counters*> counters();
  // Writes what is pending. False: nothing was changed.
  base::Result<bool> finish();
  std::uint64_t bytes_written() const { return bytes_written_; }
  void drop_counters() { counting_ = false; }  // the namespace goes, and they with it

  tl::unexpected<base::Error> malformed(Db db, std::string_view key) const;
  tl::unexpected<base::Error> damaged(Db db, std::string_view key, std::string_view value) const;
  const Environment& environment() const { return *environment_; }

 private:
  friend class Cursor;
  base::Status alive() const;
  base::Status note_time();
  tl::unexpected<base::Error> failed(int code, const char* what) const;

  std::shared_ptr<Environment> environment_;
  MDB_txn* txn_;
  const Space space_;
  const bool writing_;
  mutable std::optional<base::Error> fault_;
  bool changed_ = false, counting_ = true;
  std::uint64_t bytes_written_ = 0;
  std::optional<Counters> counters_;
  Counters stored_counters_;
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

}  // namespace freshet::repository
