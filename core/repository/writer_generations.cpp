// core/repository/writer_generations.cpp - a rebuild's steps, and what is in flight to the store.
//
// Both are there so that a process may end, or be stopped and go on, between any two writes to the
// store: whoever delivers next finds here what the store may not have got, or may have got late.
#include "core/repository/process.hpp"
#include "core/repository/repository.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// Where nobody can tell whether a holder has ended (it ran in a container, say), a day past its
// lease is taken for it.
constexpr base::Millis given_up{24 * 3'600'000};

bool has_ended(const Transaction& transaction, const LeaseRow& holder) {
  const Process self = this_process();
  if (is_dead({holder.boot, holder.pid_namespace, holder.pid, holder.started}, self)) return true;
  const base::Millis left = time_left(holder, self, transaction.clock());
  return left <= -given_up || left > longest_lease;
}

// The default where there is none yet.
Result<TargetRow> load_target(const Transaction& transaction) {
  FRESHET_ASSIGN(auto row, transaction.record<TargetRow>(Db::targets,
                                                         transaction.key<TargetKey>(main_target)));
  return row ? *std::move(row) : TargetRow{};
}

Status store_target(Transaction& transaction, const TargetRow& row) {
  Encoder value;
  encode(value, row);
  return transaction.put(Db::targets, transaction.key<TargetKey>(main_target), value);
}

// What runs that have ended left in flight.
Result<std::vector<InFlight>> stranded(const Transaction& transaction) {
  std::vector<InFlight> all;
  Cursor cursor(transaction, Db::targets, transaction.key());
  for (; cursor.valid(); cursor.next()) {
    if (cursor.key().size() != InFlightKey::size) continue;
    InFlight sent;
    if (!decode(cursor.body(), sent)) return transaction.malformed(Db::targets, cursor.key());
    if (has_ended(transaction, sent.holder)) all.push_back(std::move(sent));
  }
  FRESHET_TRY(cursor.status());
  return all;
}

// The chunks that keys of this form name behind `prefix`.
template <typename Form>
Result<std::vector<Digest>> all_chunks(const Transaction& transaction, Db db, const Key& prefix) {
  std::vector<Digest> ids;
  Cursor cursor(transaction, db, prefix);
  for (; cursor.valid(); cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction.parts<Form>(db, cursor.key()));
    ids.push_back(std::get<Digest>(parts));
  }
  FRESHET_TRY(cursor.status());
  return ids;
}

}  // namespace

Status Writer::enqueue_all() {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(const auto chunks,
                 all_chunks<ChunkKey>(transaction, Db::chunks, transaction.key()));
  for (const Digest& chunk : chunks) FRESHET_TRY(enqueue(transaction, chunk, false));
  return {};
}

Status Writer::begin_generation(const Target& target, Room room) {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(Generation next, snapshot_.generation());
  ++next.number;
  next.fill = Fill::to_empty;
  next.room = room;
  next.target = target;
  if (room == Room::own) FRESHET_TRY(put_target(target));
  FRESHET_TRY(put_generation(next));
  FRESHET_ASSIGN(const auto delivered, all_chunks<RowKey>(transaction, Db::delivered,
                                                          transaction.key().add(main_target)));
  for (const Digest& chunk : delivered) FRESHET_TRY(forget_delivered(chunk));
  return enqueue_all();
}

Status Writer::put_target(const Target& target) {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(TargetRow row, load_target(transaction));
  row.live = target;
  return store_target(transaction, row);
}

Status Writer::put_generation(const Generation& generation) {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(TargetRow row, load_target(transaction));
  row.newest = generation;
  if (!generation.under_way()) row.live = generation.target;
  return store_target(transaction, row);
}

Status Writer::put_in_flight(const Lease& lease, std::span<const Digest> chunks) {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(auto holder,
                 transaction.record<LeaseRow>(Db::leases, transaction.key().add(lease.root)));
  if (!holder || holder->fence != lease.fence)
    return base::fail(base::Code::busy, "the lease was lost to another run", lease.root.hex());
  Encoder value;
  encode(value, InFlight{*std::move(holder), {chunks.begin(), chunks.end()}});
  return transaction.put(Db::targets, transaction.key<InFlightKey>(main_target, lease.fence),
                         value);
}

Status Writer::drop_in_flight(std::uint64_t fence) {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_TRY(transaction.remove(Db::targets, transaction.key<InFlightKey>(main_target, fence)));
  return {};
}

Status Writer::send_again(std::span<const Digest> chunks) {
  Transaction& transaction = *snapshot_.transaction_;
  for (const Digest& chunk : chunks) {
    FRESHET_ASSIGN(const bool exists, transaction.has(Db::chunks, transaction.key().add(chunk)));
    FRESHET_TRY(enqueue(transaction, chunk, !exists));
  }
  return {};
}

Status Writer::recover_stranded() {
  FRESHET_ASSIGN(const auto left, stranded(*snapshot_.transaction_));
  for (const InFlight& sent : left) {
    FRESHET_TRY(sent.chunks.empty() ? enqueue_all() : send_again(sent.chunks));
    FRESHET_TRY(drop_in_flight(sent.holder.fence));
  }
  return {};
}

Result<bool> Snapshot::has_stranded() const {
  FRESHET_ASSIGN(const auto left, stranded(*transaction_));
  return !left.empty();
}

}  // namespace freshet::repository
