// core/repository/snapshot_targets.cpp - where rows are delivered to.
#include "core/repository/targets.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

Result<std::optional<Target>> ReadsTargets::target() const {
  FRESHET_ASSIGN(auto row, transaction_.record<TargetRow>(
                               Db::targets, transaction_.key<TargetKey>(main_target)));
  if (!row) return std::nullopt;
  return std::move(row->live);
}

Result<Generation> ReadsTargets::generation() const {
  FRESHET_ASSIGN(auto row, transaction_.record<TargetRow>(
                               Db::targets, transaction_.key<TargetKey>(main_target)));
  return row ? std::move(row->newest) : Generation{};
}

Result<std::optional<Target>> ReadsTargets::delivery_target() const {
  FRESHET_ASSIGN(Generation newest, generation());
  if (!newest.under_way()) return target();
  return std::optional<Target>(std::move(newest.target));
}

}  // namespace freshet::repository
