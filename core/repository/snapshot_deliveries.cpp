// core/repository/snapshot_deliveries.cpp - what the store is still to be told, and what it confirmed.
#include "core/repository/deliveries.hpp"
#include "core/repository/targets.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

Result<std::vector<Delivery>> ReadsDeliveries::deliveries(std::uint64_t after, std::size_t limit,
                                                          TargetNumber target) const {
  std::vector<Delivery> rows;
  Cursor cursor(transaction_, Db::deliveries, transaction_.key().add(target));
  if (after == UINT64_MAX) return rows;
  DeliveryRow row;
  for (cursor.seek(transaction_.key<DeliveryKey>(target, after + 1));
       cursor.valid() && rows.size() < limit; cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction_.parts<DeliveryKey>(Db::deliveries, cursor.key()));
    if (!decode(cursor.body(), row)) return transaction_.malformed(Db::deliveries, cursor.key());
    rows.push_back({std::get<std::uint64_t>(parts), row.chunk, row.removal});
  }
  FRESHET_TRY(cursor.status());
  return rows;
}

Result<std::optional<Digest>> ReadsDeliveries::delivered(const Digest& chunk,
                                                         TargetNumber target) const {
  return transaction_.record<Digest>(Db::delivered, transaction_.key<RowKey>(target, chunk));
}

Result<std::vector<std::pair<Digest, Digest>>> ReadsDeliveries::list_delivered(
    const Digest& after, std::size_t limit, TargetNumber target) const {
  std::vector<std::pair<Digest, Digest>> rows;
  Cursor cursor(transaction_, Db::delivered, transaction_.key().add(target));
  const Key start = transaction_.key<RowKey>(target, after);
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

Result<std::uint64_t> ReadsDeliveries::count_deliveries(TargetNumber target) const {
  std::uint64_t count = 0;
  Cursor cursor(transaction_, Db::deliveries, transaction_.key().add(target));
  for (; cursor.valid(); cursor.next()) ++count;
  FRESHET_TRY(cursor.status());
  return count;
}

}  // namespace freshet::repository
