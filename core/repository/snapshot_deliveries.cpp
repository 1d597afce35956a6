// core/repository/snapshot_deliveries.cpp - what the store is still to be told, and what it confirmed.
#include "core/repository/deliveries.hpp"
#include "core/repository/targets.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

Result<std::vector<Delivery>> ReadsDeliveries::deliveries(std::uint64_t after,
                                                          std::size_t limit) const {
  std::vector<Delivery> rows;
  Cursor cursor(transaction_, Db::deliveries, transaction_.key().add(main_target));
  if (after == UINT64_MAX) return rows;
  DeliveryRow row;
  for (cursor.seek(transaction_.key<DeliveryKey>(main_target, after + 1));
       cursor.valid() && rows.size() < limit; cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction_.parts<DeliveryKey>(Db::deliveries, cursor.key()));
    if (!decode(cursor.body(), row)) return transaction_.malformed(Db::deliveries, cursor.key());
    rows.push_back({std::get<std::uint64_t>(parts), row.chunk, row.removal});
  }
  FRESHET_TRY(cursor.status());
  return rows;
}

Result<std::optional<Digest>> ReadsDeliveries::delivered(const Digest& chunk) const {
  return transaction_.record<Digest>(Db::delivered, transaction_.key<RowKey>(main_target, chunk));
}

Result<std::vector<std::pair<Digest, Digest>>> ReadsDeliveries::list_delivered(
    const Digest& after, std::size_t limit) const {
  std::vector<std::pair<Digest, Digest>> rows;
  Cursor cursor(transaction_, Db::delivered, transaction_.key().add(main_target));
  const Key start = transaction_.key<RowKey>(main_target, after);
  if (!after.empty()) cursor.seek(start);
  Digest row;
  for (; cursor.valid() && rows.size() < limit; cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction_.parts<RowKey>(Db::delivered, cursor.key()));
    if (!decode(cursor.body(), row)) return transaction_.malformed(Db::delivered, cursor.key());
    if (cursor.key() == start.view()) continue;
    rows.emplace_back(std::get<Digest>(parts), row);
  }
  FRESHET_TRY(cursor.status());
  return rows;
}

}  // namespace freshet::repository
