// core/repository/writer_targets.cpp - the live target, and a rebuild's steps.
//
// A process may end, or be stopped and go on, between any two of them: whoever delivers next finds
// here how far the generation has come.
#include "core/repository/deliveries.hpp"
#include "core/repository/targets.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

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

}  // namespace

Status WritesTargets::begin_generation(const Target& target, Room room) {
  FRESHET_ASSIGN(Generation next, ReadsTargets(transaction_).generation());
  ++next.number;
  next.fill = Fill::to_empty;
  next.room = room;
  next.target = target;
  if (room == Room::own) FRESHET_TRY(put_target(target));
  FRESHET_TRY(put_generation(next));
  WritesDeliveries deliveries(transaction_);
  FRESHET_TRY(deliveries.forget_all_delivered());
  return deliveries.enqueue_all();
}

Status WritesTargets::put_target(const Target& target) {
  FRESHET_ASSIGN(TargetRow row, load_target(transaction_));
  row.live = target;
  return store_target(transaction_, row);
}

Status WritesTargets::put_generation(const Generation& generation) {
  FRESHET_ASSIGN(TargetRow row, load_target(transaction_));
  row.newest = generation;
  if (!generation.under_way()) row.live = generation.target;
  return store_target(transaction_, row);
}

}  // namespace freshet::repository
