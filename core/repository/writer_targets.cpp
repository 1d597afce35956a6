// core/repository/writer_targets.cpp - the targets of a namespace, and a rebuild's steps.
//
// A process may end, or be stopped and go on, between any two of them: whoever delivers next finds
// here how far the generation has come.
#include <utility>

#include "core/repository/deliveries.hpp"
#include "core/repository/targets.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// The default where there is none yet.
Result<KnownTarget> load_target(Transaction& transaction, TargetNumber number) {
  FRESHET_ASSIGN(auto row, ReadsTargets(transaction).known_target(number));
  KnownTarget known = row ? *std::move(row) : KnownTarget{};
  known.number = number;
  return known;
}

Status store_target(Transaction& transaction, const KnownTarget& row) {
  transaction.forget_targets();
  Encoder value;
  encode(value, row);
  return transaction.put(Db::targets, transaction.key<TargetKey>(row.number), value);
}

}  // namespace

Status WritesTargets::begin_generation(const Target& target, Room room, TargetNumber number) {
  FRESHET_ASSIGN(Generation next, ReadsTargets(transaction_).generation(number));
  ++next.number;
  next.fill = Fill::to_empty;
  next.room = room;
  next.target = target;
  if (room == Room::own) FRESHET_TRY(put_target(target, number));
  FRESHET_TRY(put_generation(next, number));
  WritesDeliveries deliveries(transaction_);
  FRESHET_TRY(deliveries.forget_all_delivered(number));
  return deliveries.enqueue_all(number);
}

Status WritesTargets::put_target(const Target& target, TargetNumber number) {
  FRESHET_ASSIGN(KnownTarget row, load_target(transaction_, number));
  row.live = target;
  return store_target(transaction_, row);
}

Status WritesTargets::put_known_target(const KnownTarget& target) {
  return store_target(transaction_, target);
}

Status WritesTargets::put_generation(const Generation& generation, TargetNumber number) {
  FRESHET_ASSIGN(KnownTarget row, load_target(transaction_, number));
  row.newest = generation;
  if (!generation.under_way()) row.live = generation.target;
  return store_target(transaction_, row);
}

Result<TargetNumber> WritesTargets::add_target(const Target& target, const std::string& suffix,
                                               TargetNumber replaces) {
  FRESHET_ASSIGN(const auto all, ReadsTargets(transaction_).targets());
  KnownTarget added;
  added.number = all.empty() ? main_target : all.back().number + 1;
  added.state = TargetState::filling;
  added.replaces = replaces;
  added.suffix = suffix;
  FRESHET_TRY(store_target(transaction_, added));
  FRESHET_TRY(begin_generation(target, Room::own, added.number));
  return added.number;
}

Status WritesTargets::make_live(TargetNumber number) {
  FRESHET_ASSIGN(KnownTarget row, load_target(transaction_, number));
  const TargetNumber replaced = std::exchange(row.replaces, 0);
  row.state = TargetState::live;
  FRESHET_TRY(store_target(transaction_, row));
  if (replaced == 0) return {};
  FRESHET_ASSIGN(const auto all, ReadsTargets(transaction_).targets());
  for (const KnownTarget& each : all)
    if (each.number == replaced || each.replaces == replaced) FRESHET_TRY(retire(each.number));
  return {};
}

Status WritesTargets::retire(TargetNumber number) {
  FRESHET_ASSIGN(auto row, ReadsTargets(transaction_).known_target(number));
  if (!row || row->is_retired()) return {};
  row->state = TargetState::retired;
  row->replaces = 0;
  FRESHET_TRY(store_target(transaction_, *row));
  WritesDeliveries deliveries(transaction_);
  FRESHET_TRY(deliveries.drop_all(number));
  return deliveries.forget_all_delivered(number);
}

Status WritesTargets::forget_target(TargetNumber number) {
  std::vector<std::string> keys;
  {
    Cursor cursor(transaction_, Db::targets, transaction_.key().add(number));
    for (; cursor.valid(); cursor.next()) keys.emplace_back(cursor.key());
    FRESHET_TRY(cursor.status());
  }
  for (const std::string& key : keys) FRESHET_TRY(transaction_.remove(Db::targets, key));
  transaction_.forget_targets();
  return {};
}

}  // namespace freshet::repository
