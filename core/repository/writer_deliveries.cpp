// core/repository/writer_deliveries.cpp - what the store is still to be told, and what it
// confirmed.
#include "core/repository/deliveries.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/targets.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// The row under this number, if it still is the one that was delivered.
Status drop_row(Transaction& transaction, TargetNumber target, const Delivery& delivery) {
  const Key key = transaction.key<DeliveryKey>(target, delivery.sequence),
            place = transaction.key<RowKey>(target, delivery.chunk);
  FRESHET_ASSIGN(const auto row, transaction.record<DeliveryRow>(Db::deliveries, key));
  if (!row || row->chunk != delivery.chunk) return {};
  FRESHET_ASSIGN(Counters* const counters, transaction.counters());
  FRESHET_TRY(transaction.remove(Db::deliveries, key));
  --counters->deliveries;
  FRESHET_ASSIGN(const auto waiting, transaction.record<std::uint64_t>(Db::pending, place));
  if (waiting == delivery.sequence) FRESHET_TRY(transaction.remove(Db::pending, place));
  return {};
}

Status confirm_one(Transaction& transaction, TargetNumber target,
                   const Confirmation& confirmation) {
  const Digest& chunk = confirmation.delivery.chunk;
  const Key key = transaction.key<RowKey>(target, chunk);
  FRESHET_TRY(drop_row(transaction, target, confirmation.delivery));
  FRESHET_ASSIGN(const auto body, transaction.get(Db::chunks, transaction.key<ChunkKey>(chunk)));
  const auto wanted = body ? record_digest_of(*body) : std::nullopt;
  const bool removal = confirmation.delivery.removal;
  if (removal) {
    FRESHET_TRY(transaction.remove(Db::delivered, key));
  } else {
    Encoder value;
    value.digest(confirmation.record_digest);
    FRESHET_TRY(transaction.put(Db::delivered, key, value));
  }
  // The chunk may have changed, gone or come back while the store was at it.
  FRESHET_ASSIGN(const bool pending, is_pending(transaction, target, chunk));
  const bool in_step = removal ? !wanted : wanted == confirmation.record_digest;
  if (pending || in_step) return {};
  return enqueue(transaction, target, chunk, !wanted);
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

Status WritesDeliveries::confirm(std::span<const Confirmation> confirmations, TargetNumber target) {
  for (const Confirmation& confirmation : confirmations)
    FRESHET_TRY(confirm_one(transaction_, target, confirmation));
  return {};
}

Status WritesDeliveries::drop(std::span<const Delivery> deliveries, TargetNumber target) {
  for (const Delivery& delivery : deliveries) FRESHET_TRY(drop_row(transaction_, target, delivery));
  return {};
}

Status WritesDeliveries::forget_delivered(const Digest& chunk, TargetNumber target) {
  FRESHET_TRY(transaction_.remove(Db::delivered, transaction_.key<RowKey>(target, chunk)));
  return {};
}

Status WritesDeliveries::put_delivered(const Digest& chunk, const Digest& record_digest,
                                       TargetNumber target) {
  Encoder value;
  value.digest(record_digest);
  return transaction_.put(Db::delivered, transaction_.key<RowKey>(target, chunk), value);
}

Status WritesDeliveries::put_pending(const Digest& chunk, bool removal, TargetNumber target) {
  return enqueue(transaction_, target, chunk, removal);
}

Status WritesDeliveries::enqueue_all(TargetNumber target) {
  FRESHET_ASSIGN(const auto chunks,
                 all_chunks<ChunkKey>(transaction_, Db::chunks, transaction_.key()));
  for (const Digest& chunk : chunks) FRESHET_TRY(enqueue(transaction_, target, chunk, false));
  return {};
}

Status WritesDeliveries::forget_all_delivered(TargetNumber target) {
  FRESHET_ASSIGN(const auto chunks,
                 all_chunks<RowKey>(transaction_, Db::delivered, transaction_.key().add(target)));
  for (const Digest& chunk : chunks) FRESHET_TRY(forget_delivered(chunk, target));
  return {};
}

Status WritesDeliveries::drop_all(TargetNumber target) {
  const ReadsDeliveries reads(transaction_);
  for (;;) {
    FRESHET_ASSIGN(const std::vector<Delivery> rows, reads.deliveries(0, 1000, target));
    if (rows.empty()) return {};
    FRESHET_TRY(drop(rows, target));
  }
}

}  // namespace freshet::repository
