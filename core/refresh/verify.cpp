#include "core/refresh/verify.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <unordered_set>

#include "core/refresh/deliver.hpp"
#include "core/refresh/target.hpp"

namespace freshet::refresh {
namespace {

constexpr std::uint32_t page_size = 1000;
constexpr std::size_t most_ids = 100;
constexpr std::chrono::milliseconds look_again{50};

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
  Comparison(const repository::Repository& repository, ports::Store& store, const std::string& name,
             const base::Cancel& cancel)
      : repository_(repository), store_(store), name_(name), cancel_(cancel) {}

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
    auto rows = store_.list(name_, cursor, page_size, cancel_);
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
  const std::string& name_;  // of the namespace in the store
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
  FRESHET_ASSIGN(const Place place, delivery_place(context.repository));
  const repository::Fill fill = place.generation.fill;
  if (place.generation.under_way()) ++report.pending;
  // About to be emptied, or to be put in place: there is nothing to compare with.
  if (fill == repository::Fill::to_empty || fill == repository::Fill::filled) return report;
  Comparison comparison(context.repository, store, place.name, cancel);
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

// Empties the namespace, unless it was done by the run that delivers now. False: not yet.
base::Result<bool> empty_or_wait(const Context& context, Tenure& tenure) {
  FRESHET_ASSIGN(const bool mine, tenure.begin());
  FRESHET_ASSIGN(const Place place, delivery_place(context.repository));
  const bool to_empty = place.generation.fill == repository::Fill::to_empty;
  base::Status status;
  if (mine && to_empty) status = tenure.advance(place);
  if (mine) tenure.end();
  FRESHET_TRY(status);
  if (to_empty && !mine) std::this_thread::sleep_for(look_again);
  return !to_empty;
}

}  // namespace

base::Result<VerifyReport> verify(const Context& context, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const OpenTarget target, reopen_target(context));
  return compare(context, *target.store, cancel, nullptr);
}

base::Result<VerifyReport> repair(const Context& context, const base::Cancel& cancel) {
  FRESHET_ASSIGN(OpenTarget target, reopen_target(context));
  FRESHET_TRY(ensure_live(context.repository, target, cancel));
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
  Delivery delivery(context.repository, *target.store, target.target,
                    vectors ? &*vectors : nullptr, leases, ledger, cancel);
  FRESHET_TRY(delivery.start());
  delivery.finish();
  for (const base::Error& error : ledger.errors()) return base::fail(error);
  return report;
}

base::Status reset(const Context& context, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const OpenTarget target, reopen_target(context));
  FRESHET_TRY(context.repository.write([&](repository::Writer& writer) {
    return writer.begin_generation(target.target, repository::Room::own);
  }));
  Leases leases(context.repository, context.repository.clock().now(), [] {});
  FRESHET_TRY(leases.start());
  Tenure tenure(context.repository, *target.store, leases, cancel);
  for (bool emptied = false; !emptied;) {
    if (cancel.requested()) return base::fail(base::Code::cancelled, "the reset was cancelled");
    FRESHET_ASSIGN(emptied, empty_or_wait(context, tenure));
  }
  return {};
}

}  // namespace freshet::refresh
