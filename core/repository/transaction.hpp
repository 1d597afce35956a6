// core/repository/transaction.hpp - one transaction of one namespace: its keys, its records, its
// counters.
//
// What it returns is borrowed, as lmdb::Transaction says. One thread at a time; write transactions
// live on the writer thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/lmdb/transaction.hpp"
#include "core/ports/clock.hpp"
#include "core/repository/codec.hpp"

namespace freshet::repository {

using lmdb::Cursor;

// What a Repository is, besides its environment.
struct Space {
  std::uint32_t id = 0;
  const ports::Clock* clock = nullptr;
  std::string name = {};
  bool dropping = false;  // may go on with a namespace that is being dropped
  bool moving = false;    // may write where a move goes on, or has ended
};

class Transaction : public lmdb::Transaction {
 public:
  // A reading one of its own, given back at the end.
  static base::Result<std::unique_ptr<Transaction>> read(
      std::shared_ptr<lmdb::Environment> environment, Space space);
  // Over a write transaction that the writer thread owns.
  Transaction(std::shared_ptr<lmdb::Environment> environment, lmdb::RawTransaction* txn,
              Space space);

  std::uint32_t space() const { return space_.id; }
  const ports::Clock& clock() const { return *space_.clock; }
  Key key() const { return Key(space_.id); }  // what all keys of the namespace begin with
  template <typename Form, typename... Parts>
  Key key(const Parts&... parts) const {
    return Form::make(space_.id, parts...);
  }
  const std::string& name() const { return space_.name; }

  // A decoded record; the error for one that does not decode names database and key.
  template <typename Record>
  base::Result<std::optional<Record>> record(Db db, std::string_view key) const {
    FRESHET_ASSIGN(const auto body, get(db, key));
    if (!body) return std::nullopt;
    std::optional<Record> record(std::in_place);
    if (!decode(*body, *record)) return malformed(db, key);
    return record;
  }

  // The targets that rows are delivered to: all that are recorded and not retired, or else the main
  // one. Kept until forget_targets().
  base::Result<std::span<const TargetNumber>> delivered_to();
  void forget_targets() { delivered_to_.reset(); }

  // When a listing of `source` last confirmed all roots that name it; unset: never. Kept until
  // forget_confirmed().
  base::Result<base::Instant> confirmed(const base::Digest& source) const;
  void forget_confirmed() { confirmed_.clear(); }

  // Loaded once, written by finish().
  base::Result<Counters*> counters();
  // Writes what is pending. False: nothing was changed.
  base::Result<bool> finish();
  void drop_counters() { counting_ = false; }  // the namespace goes, and they with it

 private:
  base::Status note_time();

  const Space space_;
  bool counting_ = true;
  std::optional<std::vector<TargetNumber>> delivered_to_;
  mutable std::vector<std::pair<base::Digest, base::Instant>> confirmed_;  // few sources
  std::optional<Counters> counters_;
  Counters stored_counters_;
};

}  // namespace freshet::repository
