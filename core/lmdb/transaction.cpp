#include "core/lmdb/transaction.hpp"

#include <fmt/format.h>

#include "core/lmdb/value.hpp"

namespace freshet::lmdb {

using base::Code;
using base::Result;
using base::Status;

namespace {

constexpr std::size_t most_value = std::size_t{1} << 30;

std::string_view view_of(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

}  // namespace

Transaction::Transaction(std::shared_ptr<Environment> environment, RawTransaction* txn)
    : environment_(std::move(environment)), txn_(txn), writing_(txn != nullptr) {}

Status Transaction::start_reading() {
  FRESHET_ASSIGN(txn_, environment_->begin_read());
  return {};
}

Transaction::~Transaction() {
  if (!writing_ && txn_ != nullptr) environment_->end_read(txn_);
}

Status Transaction::alive() const {
  if (environment_->forked()) return environment_->alive();
  return {};
}

Status Transaction::may_write() const {
  FRESHET_TRY(alive());
  if (writing_) return {};
  return base::fail(Code::misuse, "a snapshot cannot be written to", environment_->directory());
}

Status Transaction::check_fault() const {
  if (fault_) return base::fail(*fault_);
  return {};
}

tl::unexpected<base::Error> Transaction::failed(int code, const char* what) const {
  base::Error error = lmdb_error(code, what, environment_->directory());
  if (!fault_) fault_ = error;
  return base::fail(std::move(error));
}

tl::unexpected<base::Error> Transaction::malformed(Db db, std::string_view key) const {
  return base::fail(Code::corrupt,
                    fmt::format("damaged: record {} of {} is malformed", hex(key), db_name(db)),
                    environment_->directory());
}

tl::unexpected<base::Error> Transaction::damaged(Db db, std::string_view key,
                                                 std::string_view value) const {
  return base::fail(
      Code::corrupt,
      fmt::format("damaged: record {} of {} {}", hex(key), db_name(db), seal_problem(value)),
      environment_->directory());
}

Result<std::optional<std::string_view>> Transaction::get(Db db, std::string_view key) const {
  FRESHET_TRY(alive());
  MDB_val name = value_of(key), value{};
  const int code = mdb_get(txn_, environment_->database(db), &name, &value);
  if (code == MDB_NOTFOUND) return std::nullopt;
  if (code != 0) return failed(code, "cannot be read");
  const auto body = unseal(db, key, view_of(value));
  if (!body) return damaged(db, key, view_of(value));
  return body;
}

Result<bool> Transaction::has(Db db, std::string_view key) const {
  FRESHET_ASSIGN(const auto body, get(db, key));
  return body.has_value();
}

Status Transaction::put(Db db, std::string_view key, Encoder& value) {
  FRESHET_TRY(may_write());
  if (value.body().size() > most_value)
    return base::fail(Code::limit,
                      fmt::format("a record of {} bytes; the most is 1 GiB", value.body().size()));
  MDB_val name = value_of(key), bytes = value_of(value.seal(db, key));
  if (const int code = mdb_put(txn_, environment_->database(db), &name, &bytes, 0))
    return failed(code, "cannot be written");
  changed_ = true;
  bytes_written_ += key.size() + bytes.mv_size;
  return {};
}

Status Transaction::put(Db db, std::string_view key) {
  Encoder empty;
  return put(db, key, empty);
}

Result<bool> Transaction::remove(Db db, std::string_view key) {
  FRESHET_TRY(may_write());
  MDB_val name = value_of(key);
  const int code = mdb_del(txn_, environment_->database(db), &name, nullptr);
  if (code == MDB_NOTFOUND) return false;
  if (code != 0) return failed(code, "cannot be written");
  changed_ = true;
  bytes_written_ += key.size();
  return true;
}

Result<std::uint64_t> Transaction::count(Db db) const {
  FRESHET_TRY(alive());
  MDB_stat stat{};
  if (const int code = mdb_stat(txn_, environment_->database(db), &stat))
    return failed(code, "cannot be read");
  return stat.ms_entries;
}

Cursor::Cursor(const Transaction& transaction, Db db, std::string_view prefix)
    : transaction_(transaction), db_(db), prefix_(prefix) {
  status_ = transaction.alive();
  if (!status_) return;
  const int code =
      mdb_cursor_open(transaction.txn_, transaction.environment_->database(db), &cursor_);
  if (code != 0) {
    status_ = transaction.failed(code, "cannot be read");
    cursor_ = nullptr;
    return;
  }
  try {
    seek(prefix_);
  } catch (...) {
    mdb_cursor_close(cursor_);
    throw;
  }
}

Cursor::~Cursor() {
  // In a forked child the transaction is the parent's; its memory is given up with it.
  if (cursor_ != nullptr && !transaction_.environment_->forked()) mdb_cursor_close(cursor_);
}

void Cursor::seek(std::string_view key) { step(key.empty() ? MDB_FIRST : MDB_SET_RANGE, key); }
void Cursor::next() { step(MDB_NEXT, {}); }
void Cursor::seek_last() { step(MDB_LAST, {}); }
void Cursor::previous() { step(MDB_PREV, {}); }

void Cursor::step(int operation, std::string_view wanted) {
  valid_ = false;
  if (cursor_ == nullptr || !status_) return;
  MDB_val key = value_of(wanted), value{};
  const int code = mdb_cursor_get(cursor_, &key, &value, static_cast<MDB_cursor_op>(operation));
  if (code == MDB_NOTFOUND) return;
  if (code != 0) {
    status_ = transaction_.failed(code, "cannot be read");
    return;
  }
  key_ = view_of(key);
  if (!key_.starts_with(prefix_)) return;
  const auto body = unseal(db_, key_, view_of(value));
  if (!body) {
    status_ = transaction_.damaged(db_, key_, view_of(value));
    return;
  }
  body_ = *body;
  valid_ = true;
}

}  // namespace freshet::lmdb
