#include <algorithm>
#include <span>

#include "core/sync/deliveries.hpp"
#include "core/sync/generation.hpp"
#include "core/sync/mend.hpp"
#include "core/sync/recover.hpp"
#include "core/sync/shard.hpp"
#include "core/sync/verify.hpp"

namespace freshet::sync {
namespace {

using base::Status;

constexpr base::Millis look_again{50};

base::Result<Counts> deliver(const Context& context, const OpenTargets& targets,
                             const base::Cancel& cancel) {
  FRESHET_ASSIGN(std::shared_ptr<RootLog> roots, RootLog::make(context.repository.directory()));
  Ledger ledger(context.repository.machine(), nullptr, roots);
  Leases leases(context.repository, context.repository.clock().now(), [] {});
  FRESHET_TRY(leases.start());
  constexpr std::size_t batch = 100;
  Deliveries delivery(context.repository, targets, batch, nullptr, leases, ledger, cancel);
  FRESHET_TRY(delivery.start());
  delivery.finish();
  for (const base::Error& error : targets.failed) return base::fail(error);
  for (const base::Error& error : ledger.errors()) return base::fail(error);
  return ledger.counts();
}

base::Result<bool> is_anything_pending(const repository::Repository& repository) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  return info.deliveries > 0;
}

// Empties the namespace, unless it was done by the run that delivers now. False: not yet.
base::Result<bool> empty_or_wait(const Context& context, Tenure& tenure,
                                 repository::TargetNumber number) {
  FRESHET_ASSIGN(const bool mine, tenure.begin());
  FRESHET_ASSIGN(const Place place, delivery_place(context.repository, number));
  const bool retired =
      place.state == repository::TargetState::retired;  // by another run, meanwhile
  const bool to_empty = place.generation.fill == repository::Fill::to_empty && !retired;
  Status status;
  if (mine && to_empty) status = tenure.advance(place);
  if (mine) tenure.end();
  FRESHET_TRY(status);
  if (to_empty && !mine) context.repository.machine().executor.pause(look_again);
  return !to_empty;
}

Status empty(const Context& context, const OpenTarget& target, const base::Cancel& cancel) {
  FRESHET_TRY(send_everything_again(context.repository, target.number));
  Leases leases(context.repository, context.repository.clock().now(), [] {});
  FRESHET_TRY(leases.start());
  Tenure tenure(context.repository, *target.store, leases, cancel, target.number);
  for (bool emptied = false; !emptied;) {
    if (cancel.requested()) return base::fail(base::Code::cancelled, "the reset was cancelled");
    FRESHET_ASSIGN(emptied, empty_or_wait(context, tenure, target.number));
  }
  return {};
}

// Empties what is damaged, the namespace or the whole place, and opens the store again.
base::Result<OpenTarget> rebuild(const Context& context, const repository::KnownTarget& known,
                                 base::Result<OpenTarget> damaged, const base::Cancel& cancel,
                                 RepairReport& report) {
  if (!damaged && damaged.error().code != base::Code::corrupt) return damaged;
  report.rebuilt = true;
  if (damaged && !report.unreadable) {
    const Status emptied = empty(context, *damaged, cancel);
    if (emptied || emptied.error().code != base::Code::corrupt) {
      FRESHET_TRY(emptied);
      return damaged;
    }
  }
  if (damaged) damaged->store.reset();  // nobody may have the place open
  FRESHET_ASSIGN(report.kept, recover_place(context, known.delivered()));
  return reopen_target(context, known, cancel);
}

// What would go is too much to go without a person's word: an older copy of the repository does not
// know what was delivered since.
bool is_too_much(const RepairReport& report, std::uint64_t going, const VerifyOptions& options) {
  const double most = options.max_shrink * static_cast<double>(report.stored + report.foreign);
  return going > 1 && !options.accept_shrink && static_cast<double>(going) > most;
}

// A namespace that others have rows in is mended row by row: emptying it would take these, too.
bool is_to_be_emptied(const RepairReport& report) {
  return !report.sound() && (report.foreign == 0 || !report.problems.empty());
}

Status mend_rows(const Context& context, const repository::KnownTarget& known, OpenTarget& target,
                 std::vector<Wrong> wrong, const VerifyOptions& options, const base::Cancel& cancel,
                 RepairReport& report) {
  const std::uint64_t others = options.owned ? report.foreign : 0;
  if (is_too_much(report, report.orphans + others, options)) {
    report.held = report.orphans + others;
    std::erase_if(wrong, [](const Wrong& row) { return row.fault == Fault::orphan; });
  } else if (others > 0) {
    FRESHET_ASSIGN(const Place place, delivery_place(context.repository, known.number));
    FRESHET_ASSIGN(report.removals,
                   target.store->foreign(place.name, ports::Foreign::remove, cancel));
  }
  return send_again(context, known.number, wrong);
}

base::Result<RepairReport> repair_one(const Context& context, const repository::KnownTarget& known,
                                      const VerifyOptions& options, const base::Cancel& cancel) {
  RepairReport report;
  std::vector<Wrong> wrong;
  auto target = reopen_target(context, known, cancel);
  const auto look = [&](const VerifyOptions& how) -> Status {
    FRESHET_ASSIGN(
        static_cast<VerifyReport&>(report),
        verify(context, known, target, how, cancel, [&](Fault fault, const base::Digest& id) {
          wrong.push_back({fault, id});
          return Status{};
        }));
    return {};
  };
  FRESHET_TRY(look(options));
  if (options.sample && report.in_step()) return report;
  if (options.sample) {
    VerifyOptions all = options;
    all.sample.reset();
    all.deep = true;
    wrong.clear();
    FRESHET_TRY(look(all));
  }
  const bool emptied = is_to_be_emptied(report);
  if (emptied) FRESHET_TRY(refuse_to_empty(context.repository, "mending a damaged store"));
  if (emptied)
    target = rebuild(context, known, std::move(target), cancel, report);
  else if (target)
    FRESHET_TRY(mend_rows(context, known, *target, std::move(wrong), options, cancel, report));
  if (!target) return base::fail(target.error());
  FRESHET_TRY(ensure_live(context.repository, *target, cancel));
  OpenTargets one;
  one.open.push_back(*std::move(target));
  FRESHET_ASSIGN(const Counts counts, deliver(context, one, cancel));
  report.upserts = counts.upserts;
  report.removals += counts.removals;
  report.embedded_texts = counts.embedded_texts;
  return report;
}

// As they are recorded. One that cannot be opened holds up no other.
OpenTargets open_all(const Context& context, std::span<const repository::KnownTarget> all,
                     const base::Cancel& cancel) {
  OpenTargets targets;
  for (const repository::KnownTarget& known : all) {
    const Status opened = [&]() -> Status {
      FRESHET_ASSIGN(OpenTarget target, reopen_target(context, known, cancel));
      FRESHET_TRY(send_again_if_lost(context, *target.store, target.number, cancel));
      FRESHET_TRY(ensure_live(context.repository, target, cancel));
      targets.open.push_back(std::move(target));
      return {};
    }();
    if (!opened) targets.failed.push_back(opened.error());
  }
  return targets;
}

}  // namespace

base::Result<std::vector<RepairReport>> repair(const Context& context, const VerifyOptions& options,
                                               const base::Cancel& cancel) {
  FRESHET_ASSIGN(const auto all, delivered_targets(context));
  std::vector<RepairReport> reports;
  Status failed;
  for (const repository::KnownTarget& known : all) {
    auto report = repair_one(context, known, options, cancel);
    if (report)
      reports.push_back(*std::move(report));
    else if (failed)
      failed = base::fail(std::move(report).error());
  }
  FRESHET_TRY(std::move(failed));
  return reports;
}

base::Result<Counts> deliver_pending(const Context& context, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const auto all, delivered_targets(context));
  FRESHET_ASSIGN(const bool any, is_anything_pending(context.repository));
  if (!any) return Counts{};
  const OpenTargets targets = open_all(context, all, cancel);
  FRESHET_ASSIGN(Counts counts, deliver(context, targets, cancel));
  FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  counts.pending = info.deliveries;
  if (cancel.requested()) return base::fail(base::Code::cancelled, "the delivery was cancelled");
  return counts;
}

Status reset(const Context& context, const base::Cancel& cancel) {
  FRESHET_TRY(refuse_to_empty(context.repository, "a reset"));
  FRESHET_ASSIGN(const auto all, delivered_targets(context));
  RepairReport report;
  for (const repository::KnownTarget& known : all)
    FRESHET_TRY(rebuild(context, known, reopen_target(context, known, cancel), cancel, report));
  return {};
}

}  // namespace freshet::sync
