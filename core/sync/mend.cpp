#include "core/sync/mend.hpp"

#include <algorithm>

#include "core/sync/deliveries.hpp"
#include "core/sync/generation.hpp"

namespace freshet::sync {
namespace {

using base::Status;

constexpr std::size_t most_a_commit = 1000;
constexpr std::size_t most_a_request = 100;  // texts, where a vector is gone, too

// Rows are compared where a namespace is whole: not while it fills, or is about to be emptied.
base::Result<bool> is_whole(const Context& context, repository::TargetNumber number) {
  FRESHET_ASSIGN(const Place place, delivery_place(context.repository, number));
  return place.state == repository::TargetState::live && !place.generation.under_way();
}

Counts counts_of(const Looked& looked, std::span<const Wrong> wrong) {
  Counts counts;
  counts.verified = looked.checked;
  for (const Wrong& row : wrong)
    ++(row.fault == Fault::missing ? counts.found_missing
       : row.fault == Fault::stale ? counts.found_stale
                                   : counts.found_damaged);
  return counts;
}

// True where something was wrong, and is to be delivered.
base::Result<bool> look(const Context& context, const OpenTarget& target, const Portion& portion,
                        Ledger& ledger, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const bool whole, is_whole(context, target.number));
  if (!whole) return false;
  std::vector<Wrong> wrong;
  const OnFault note = [&](Fault fault, const base::Digest& id) -> Status {
    wrong.push_back({fault, id});
    return {};
  };
  FRESHET_ASSIGN(const Looked looked, look_at_some(context, target, portion, cancel, note));
  ledger.add(counts_of(looked, wrong));
  FRESHET_TRY(send_again(context, target.number, wrong));
  return !wrong.empty();
}

}  // namespace

Status send_again(const Context& context, repository::TargetNumber target,
                  std::span<const Wrong> rows) {
  for (; !rows.empty(); rows = rows.subspan(std::min(most_a_commit, rows.size())))
    FRESHET_TRY(context.repository.write([&](repository::Writer& writer) -> Status {
      for (const Wrong& row : rows.first(std::min(most_a_commit, rows.size()))) {
        if (row.fault != Fault::orphan) FRESHET_TRY(writer.forget_delivered(row.id, target));
        FRESHET_TRY(writer.send_again({&row.id, 1}, target));
      }
      return {};
    }));
  return {};
}

Portion portion_of(const Counts& counts, std::optional<double> share) {
  constexpr std::uint64_t few = 16;
  Portion portion;
  if (share) portion.share = *share;
  const bool quiet =
      counts.refreshed + counts.removed + counts.failed + counts.upserts + counts.removals == 0;
  if (!share && quiet) portion.most = few;
  return portion;
}

void mend_sample(const Context& context, const OpenTargets& targets, const Portion& portion,
                 Leases& leases, Ledger& ledger, const base::Cancel& cancel) {
  if (portion.share <= 0) return;
  const Status mended = base::guarded([&]() -> Status {
    bool any = false;
    for (const OpenTarget& target : targets.open) {
      const auto wrong = look(context, target, portion, ledger, cancel);
      if (!wrong && !cancel.requested()) ledger.error(wrong.error());
      any |= wrong && *wrong;
    }
    if (!any) return {};
    Deliveries again(context.repository, targets, most_a_request, nullptr, leases, ledger, cancel);
    FRESHET_TRY(again.start());
    again.finish();
    return {};
  });
  if (!mended) ledger.error(mended.error());
}

}  // namespace freshet::sync
