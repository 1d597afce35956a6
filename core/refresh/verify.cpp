#include "core/refresh/verify.hpp"

#include <algorithm>
#include <unordered_set>

#include "core/refresh/deliver.hpp"
#include "core/refresh/target.hpp"

namespace freshet::refresh {
namespace {

constexpr std::uint32_t page_size = 1000;
constexpr std::size_t most_ids = 100;

enum class Fault { missing, stale, orphan };

using OnFault = std::function<base::Status(Fault, const base::Digest&)>;

// Chunks with a delivery row are on their way: the store may hold them or not.
base::Result<std::unordered_set<base::Digest>> pending_chunks(
    const repository::Snapshot& snapshot) {
  std::unordered_set<base::Digest> pending;
  for (std::uint64_t after = 0;;) {
    FRESHET_ASSIGN(const std::vector<repository::Delivery> rows,
                   snapshot.deliveries(after, page_size));
    if (rows.empty()) return pending;
    for (const repository::Delivery& row : rows) pending.insert(row.chunk);
    after = rows.back().sequence;
  }
}

// Both sides in the order of their ids, page by page: a merge that holds two pages.
class Comparison {
 public:
  Comparison(const repository::Repository& repository, ports::Store& store,
             const base::Cancel& cancel)
      : repository_(repository), store_(store), cancel_(cancel) {}

  base::Status run(VerifyReport& report, const std::unordered_set<base::Digest>& pending,
                   const OnFault& on_fault) {
    FRESHET_TRY(next_expected());
    FRESHET_TRY(next_stored());
    while (has_expected() || has_stored()) {
      if (cancel_.requested())
        return base::fail(base::Code::cancelled, "verification was cancelled");
      FRESHET_TRY(compare(report, pending, on_fault));
    }
    return {};
  }

 private:
  bool has_expected() const { return at_expected_ < expected_.size(); }
  bool has_stored() const { return at_stored_ < stored_.size(); }

  base::Status compare(VerifyReport& report, const std::unordered_set<base::Digest>& pending,
                       const OnFault& on_fault) {
    const bool only_expected =
        has_expected() &&
        (!has_stored() || expected_[at_expected_].first.hex() < stored_[at_stored_].id);
    if (only_expected) {
      const base::Digest id = expected_[at_expected_].first;
      ++report.expected;
      FRESHET_TRY(advance_expected());
      return pending.contains(id) ? base::Status{} : on_fault(Fault::missing, id);
    }
    const ports::StoredRow row = stored_[at_stored_];
    const std::optional<base::Digest> id = base::Digest::from_hex(row.id);
    const bool both = has_expected() && id && expected_[at_expected_].first == *id;
    ++report.stored;
    FRESHET_TRY(advance_stored());
    if (!both) return id && !pending.contains(*id) ? on_fault(Fault::orphan, *id) : base::Status{};
    const bool stale = expected_[at_expected_].second.hex() != row.digest;
    ++report.expected;
    FRESHET_TRY(advance_expected());
    return stale && !pending.contains(*id) ? on_fault(Fault::stale, *id) : base::Status{};
  }

  base::Status advance_expected() {
    return ++at_expected_ < expected_.size() ? base::Status{} : next_expected();
  }
  base::Status advance_stored() {
    return ++at_stored_ < stored_.size() ? base::Status{} : next_stored();
  }

  base::Status next_expected() {
    if (expected_done_) return {};
    const base::Digest cursor = expected_.empty() ? base::Digest{} : expected_.back().first;
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_.read());
    FRESHET_ASSIGN(expected_, snapshot.list_delivered(cursor, page_size));
    at_expected_ = 0;
    expected_done_ = expected_.empty();
    return {};
  }

  base::Status next_stored() {
    if (stored_done_) return {};
    const std::string cursor = stored_.empty() ? std::string() : stored_.back().id;
    auto rows = store_.list(repository_.name_space(), cursor, page_size, cancel_);
    // A namespace that the store lost, or was reset, holds no row.
    const bool lost = !rows && rows.error().code == base::Code::not_found;
    if (!rows && !lost) return base::fail(std::move(rows).error());
    stored_ = lost ? std::vector<ports::StoredRow>() : *std::move(rows);
    at_stored_ = 0;
    stored_done_ = stored_.empty();
    return {};
  }

  const repository::Repository& repository_;
  ports::Store& store_;
  const base::Cancel& cancel_;
  std::vector<std::pair<base::Digest, base::Digest>> expected_;
  std::vector<ports::StoredRow> stored_;
  std::size_t at_expected_ = 0, at_stored_ = 0;
  bool expected_done_ = false, stored_done_ = false;
};

base::Result<VerifyReport> compare(const Context& context, ports::Store& store,
                                   const base::Cancel& cancel, const OnFault& also) {
  VerifyReport report;
  std::unordered_set<base::Digest> pending;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(pending, pending_chunks(snapshot));
  }
  report.pending = pending.size();
  Comparison comparison(context.repository, store, cancel);
  FRESHET_TRY(
      comparison.run(report, pending, [&](Fault fault, const base::Digest& id) -> base::Status {
        ++(fault == Fault::missing ? report.missing
           : fault == Fault::stale ? report.stale
                                   : report.orphans);
        const char* word = fault == Fault::missing ? "missing "
                           : fault == Fault::stale ? "stale "
                                                   : "orphan ";
        if (report.ids.size() < most_ids) report.ids.push_back(word + id.hex());
        return also ? also(fault, id) : base::Status{};
      }));
  return report;
}

}  // namespace

base::Result<VerifyReport> verify(const Context& context, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const OpenTarget target, reopen_target(context));
  return compare(context, *target.store, cancel, nullptr);
}

base::Result<VerifyReport> repair(const Context& context, const base::Cancel& cancel) {
  FRESHET_ASSIGN(OpenTarget target, reopen_target(context));
  FRESHET_TRY(target.store->ensure(
      {context.repository.name_space(), target.target.dimension, target.target.model}, cancel));
  FRESHET_ASSIGN(const VerifyReport report,
                 compare(context, *target.store, cancel, [&](Fault fault, const base::Digest& id) {
                   return context.repository.write([&](repository::Writer& writer) -> base::Status {
                     if (fault == Fault::orphan) return writer.enqueue_removal(id);
                     FRESHET_TRY(writer.forget_delivered(id));
                     return writer.enqueue_upsert(id);
                   });
                 }));
  FRESHET_ASSIGN(std::shared_ptr<RootLog> roots, RootLog::make(context.repository.directory()));
  Ledger ledger(context.repository.clock(), nullptr, roots);
  Leases leases(context.repository, context.repository.clock().now(), [] {});
  FRESHET_TRY(leases.start());
  std::optional<Vectors> vectors;
  if (target.embedder) vectors.emplace(context.repository, *target.embedder, 100, ledger);
  Delivery delivery(context.repository, *target.store, vectors ? &*vectors : nullptr, leases,
                    ledger, cancel);
  FRESHET_TRY(delivery.start());
  delivery.finish();
  for (const base::Error& error : ledger.errors()) return base::fail(error);
  return report;
}

base::Status reset(const Context& context, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const OpenTarget target, reopen_target(context));
  FRESHET_TRY(context.repository.write([&](repository::Writer& writer) -> base::Status {
    FRESHET_TRY(writer.forget_delivered());
    return writer.enqueue_all();
  }));
  return target.store->reset(context.repository.name_space(), cancel);
}

}  // namespace freshet::refresh
