#include <algorithm>
#include <span>

#include "core/refresh/deliver.hpp"
#include "core/refresh/recover.hpp"
#include "core/refresh/verify.hpp"

namespace freshet::refresh {
namespace {

using base::Status;

ports::StoreNamespace name_space_of(const Context& context, const OpenTarget& target) {
  return {context.repository.name_space(), target.target.dimension, target.target.model};
}

// What is to be mended row by row.
struct Wrong {
  Fault fault;
  base::Digest id;
};

Status enqueue(const Context& context, std::span<const Wrong> rows) {
  constexpr std::size_t most = 1000;  // a commit
  for (; !rows.empty(); rows = rows.subspan(std::min(most, rows.size())))
    FRESHET_TRY(context.repository.write([&](repository::Writer& writer) -> Status {
      for (const Wrong& row : rows.first(std::min(most, rows.size()))) {
        if (row.fault != Fault::orphan) FRESHET_TRY(writer.forget_delivered(row.id));
        FRESHET_TRY(row.fault == Fault::orphan ? writer.enqueue_removal(row.id)
                                               : writer.enqueue_upsert(row.id));
      }
      return {};
    }));
  return {};
}

Status deliver(const Context& context, OpenTarget& target, const base::Cancel& cancel,
               RepairReport& report) {
  FRESHET_ASSIGN(std::shared_ptr<RootLog> roots, RootLog::make(context.repository.directory()));
  Ledger ledger(context.repository.clock(), nullptr, roots);
  Leases leases(context.repository, context.repository.clock().now(), [] {});
  std::optional<Vectors> vectors;
  if (target.embedder) vectors.emplace(context.repository, *target.embedder, 100, ledger);
  Delivery(context.repository, *target.store, vectors ? &*vectors : nullptr, leases, ledger, cancel)
      .finish();
  for (const base::Error& error : ledger.errors()) return base::fail(error);
  const Counts counts = ledger.counts();
  report.upserts = counts.upserts;
  report.removals = counts.removals;
  report.embedded_texts = counts.embedded_texts;
  return {};
}

// Empties what is damaged, the namespace or the whole place, and opens the store again.
base::Result<OpenTarget> rebuild(const Context& context, base::Result<OpenTarget> damaged,
                                 const base::Cancel& cancel, RepairReport& report) {
  if (!damaged && damaged.error().code != base::Code::corrupt) return damaged;
  report.rebuilt = true;
  if (damaged && !report.unreadable) {
    FRESHET_TRY(send_everything_again(context.repository));
    const Status emptied = damaged->store->reset(context.repository.name_space(), cancel);
    if (emptied || emptied.error().code != base::Code::corrupt) {
      FRESHET_TRY(emptied);
      return damaged;
    }
  }
  if (damaged) damaged->store.reset();  // nobody may have the place open
  FRESHET_ASSIGN(const repository::Target target, delivered_target(context));
  FRESHET_ASSIGN(report.kept, recover_place(context, target));
  return reopen_target(context);
}

}  // namespace

base::Result<RepairReport> repair(const Context& context, const base::Cancel& cancel) {
  RepairReport report;
  std::vector<Wrong> wrong;
  auto target = reopen_target(context);
  FRESHET_ASSIGN(static_cast<VerifyReport&>(report),
                 verify(context, target, true, cancel, [&](Fault fault, const base::Digest& id) {
                   wrong.push_back({fault, id});
                   return Status{};
                 }));
  if (report.sound())
    FRESHET_TRY(enqueue(context, wrong));
  else
    target = rebuild(context, std::move(target), cancel, report);
  if (!target) return base::fail(target.error());
  FRESHET_TRY(target->store->ensure(name_space_of(context, *target), cancel));
  FRESHET_TRY(deliver(context, *target, cancel, report));
  return report;
}

Status reset(const Context& context, const base::Cancel& cancel) {
  RepairReport report;
  FRESHET_TRY(rebuild(context, reopen_target(context), cancel, report));
  return {};
}

}  // namespace freshet::refresh
