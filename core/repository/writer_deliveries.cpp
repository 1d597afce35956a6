// core/repository/writer_deliveries.cpp - what the store is still to be told, and what it
// confirmed.
#include "core/repository/repository.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// The row under this number, if it still is the one that was delivered.
Status drop_row(Transaction& transaction, const Delivery& delivery) {
  const Key key = transaction.key<DeliveryKey>(main_target, delivery.sequence),
            place = transaction.key<RowKey>(main_target, delivery.chunk);
  FRESHET_ASSIGN(const auto row, transaction.record<DeliveryRow>(Db::deliveries, key));
  if (!row || row->chunk != delivery.chunk) return {};
  FRESHET_ASSIGN(Counters* const counters, transaction.counters());
  FRESHET_TRY(transaction.remove(Db::deliveries, key));
  --counters->deliveries;
  FRESHET_ASSIGN(const auto waiting, transaction.record<std::uint64_t>(Db::pending, place));
  if (waiting == delivery.sequence) FRESHET_TRY(transaction.remove(Db::pending, place));
  return {};
}

Status confirm_one(Transaction& transaction, const Confirmation& confirmation) {
  const Digest& chunk = confirmation.delivery.chunk;
  const Key key = transaction.key<RowKey>(main_target, chunk);
  FRESHET_TRY(drop_row(transaction, confirmation.delivery));
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
  FRESHET_ASSIGN(const bool pending, is_pending(transaction, chunk));
  const bool in_step = removal ? !wanted : wanted == confirmation.record_digest;
  if (pending || in_step) return {};
  return enqueue(transaction, chunk, !wanted);
}

}  // namespace

Status Writer::confirm(std::span<const Confirmation> confirmations) {
  for (const Confirmation& confirmation : confirmations)
    FRESHET_TRY(confirm_one(*snapshot_.transaction_, confirmation));
  return {};
}

Status Writer::drop(std::span<const Delivery> deliveries) {
  for (const Delivery& delivery : deliveries)
    FRESHET_TRY(drop_row(*snapshot_.transaction_, delivery));
  return {};
}

Status Writer::forget_delivered(const Digest& chunk) {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_TRY(transaction.remove(Db::delivered, transaction.key<RowKey>(main_target, chunk)));
  return {};
}

}  // namespace freshet::repository
