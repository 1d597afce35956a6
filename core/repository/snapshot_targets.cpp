// core/repository/snapshot_targets.cpp - where rows are delivered to.
#include <algorithm>
#include <span>

#include "core/repository/targets.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

Result<std::vector<KnownTarget>> ReadsTargets::targets() const {
  std::vector<KnownTarget> all;
  Cursor cursor(transaction_, Db::targets, transaction_.key());
  for (; cursor.valid(); cursor.next()) {
    if (cursor.key().size() != TargetKey::size) continue;  // what is in flight to one
    FRESHET_ASSIGN(const auto parts, transaction_.parts<TargetKey>(Db::targets, cursor.key()));
    KnownTarget& known = all.emplace_back();
    if (!decode(cursor.body(), known)) return transaction_.malformed(Db::targets, cursor.key());
    known.number = std::get<TargetNumber>(parts);
  }
  FRESHET_TRY(cursor.status());
  return all;
}

Result<std::optional<KnownTarget>> ReadsTargets::known_target(TargetNumber number) const {
  FRESHET_ASSIGN(
      auto row, transaction_.record<KnownTarget>(Db::targets, transaction_.key<TargetKey>(number)));
  if (row) row->number = number;
  return row;
}

Result<std::optional<KnownTarget>> ReadsTargets::searched() const {
  FRESHET_ASSIGN(auto all, targets());
  const auto live = std::find_if(all.begin(), all.end(), [](const KnownTarget& each) {
    return each.state == TargetState::live;
  });
  if (live == all.end()) return std::nullopt;
  return std::move(*live);
}

Result<std::optional<Target>> ReadsTargets::target() const {
  FRESHET_ASSIGN(auto row, searched());
  if (!row) return std::nullopt;
  return std::move(row->live);
}

Result<Generation> ReadsTargets::generation(TargetNumber number) const {
  FRESHET_ASSIGN(auto row, known_target(number));
  return row ? std::move(row->newest) : Generation{};
}

Result<std::optional<Target>> ReadsTargets::delivery_target(TargetNumber number) const {
  FRESHET_ASSIGN(const auto row, known_target(number));
  if (!row) return std::nullopt;
  return row->delivered();
}

Result<std::span<const TargetNumber>> Transaction::delivered_to() {
  if (!delivered_to_) {
    FRESHET_ASSIGN(const auto all, ReadsTargets(*this).targets());
    delivered_to_.emplace();
    for (const KnownTarget& each : all)
      if (!each.is_retired()) delivered_to_->push_back(each.number);
    if (all.empty()) delivered_to_->push_back(main_target);
  }
  return std::span<const TargetNumber>(*delivered_to_);
}

}  // namespace freshet::repository
