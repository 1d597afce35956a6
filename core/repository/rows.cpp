#include "core/repository/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace freshet::repository {

using base::Code;
using base::Result;
using base::Status;

namespace {

Key place_key(const Transaction& transaction, const Digest& root, std::size_t place) {
  return transaction.key<PlaceKey>(root, static_cast<std::uint32_t>(place));
}

void count(std::uint64_t& counter, std::uint64_t before, std::uint64_t after) {
  counter += after - before;
}

}  // namespace

Status add_confirmed(const Transaction& transaction, RootView& root) {
  if (root.confirmed_by.empty()) return {};
  FRESHET_ASSIGN(const Instant confirmed, transaction.confirmed(root.confirmed_by));
  root.checked = std::max(root.checked, confirmed);
  return {};
}

Status join(const Transaction& transaction, Root& root, const Digest& source) {
  if (source.empty() || !root.exists()) return {};
  FRESHET_ASSIGN(const Instant confirmed, transaction.confirmed(source));
  if (confirmed > root.checked) return {};
  FRESHET_ASSIGN(const bool member,
                 transaction.has(Db::seen, transaction.key<SeenKey>(source, root.id)));
  if (member) root.confirmed_by = source;
  return {};
}

Result<std::optional<Root>> load_root(const Transaction& transaction, const Digest& id,
                                      const std::string& uri) {
  const Key key = transaction.key().add(id);
  FRESHET_ASSIGN(auto view, transaction.record<RootView>(Db::roots, key));
  if (!view) return std::nullopt;
  FRESHET_TRY(add_confirmed(transaction, *view));
  if (!uri.empty() && view->uri != uri)
    return base::fail(Code::internal, fmt::format("has the same digest as {}", view->uri), uri);
  std::optional<Root> root = owned(*view);
  root->id = id;
  root->confirmed_by = {};
  return root;
}

Status store_root(Transaction& transaction, const std::optional<Root>& before, const Root& after) {
  FRESHET_ASSIGN(Counters* const counters, transaction.counters());
  count(counters->roots, before ? 1 : 0, 1);
  count(counters->documents, before && before->exists(), after.exists());
  count(counters->elements, before ? before->elements : 0, after.elements);
  count(counters->chunks, before ? before->chunks : 0, after.chunks);
  count(counters->failing, before && before->failures > 0, after.failures > 0);
  FRESHET_TRY(
      move_due(transaction, after.id, before ? before->ask_again : base::never, after.ask_again));
  Encoder value;
  encode(value, after);
  return transaction.put(Db::roots, transaction.key().add(after.id), value);
}

Status move_due(Transaction& transaction, const Digest& root, Instant before, Instant after) {
  if (before == after) return {};
  if (before != base::never)
    FRESHET_TRY(transaction.remove(Db::due, transaction.key<DueKey>(before, root)));
  if (after != base::never)
    FRESHET_TRY(transaction.put(Db::due, transaction.key<DueKey>(after, root)));
  FRESHET_ASSIGN(const auto sources, sources_of(transaction, root));
  for (const Digest& source : sources)
    FRESHET_TRY(move_due_of(transaction, source, root, before, after));
  return {};
}

Status move_due_of(Transaction& transaction, const Digest& source, const Digest& root,
                   Instant before, Instant after) {
  if (before == after) return {};
  if (before != base::never)
    FRESHET_TRY(transaction.remove(Db::due_by_source,
                                   transaction.key<DueBySourceKey>(source, before, root)));
  if (after == base::never) return {};
  return transaction.put(Db::due_by_source, transaction.key<DueBySourceKey>(source, after, root));
}

Result<std::vector<Digest>> sources_of(const Transaction& transaction, const Digest& root) {
  std::vector<Digest> sources;
  Cursor cursor(transaction, Db::sources_of, transaction.key().add(root));
  for (; cursor.valid(); cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction.parts<SourcesOfKey>(Db::sources_of, cursor.key()));
    sources.push_back(std::get<1>(parts));
  }
  FRESHET_TRY(cursor.status());
  return sources;
}

void set_time(Root& root, const Schedule& ask_again) {
  root.ask_again = ask_again ? ask_again(root) : base::never;
}

Status set_time_answered(const Transaction& transaction, Root& root, const Schedule& ask_again) {
  set_time(root, ask_again);
  FRESHET_ASSIGN(const bool triggered, has_trigger(transaction, root.id));
  if (triggered) root.ask_again = std::min(root.ask_again, transaction.clock().now());
  return {};
}

Status check_handle(const std::string& handle, const std::string& uri) {
  if (handle.size() <= most_handle) return {};
  return base::fail(
      Code::limit,
      fmt::format("has a handle of {} bytes; the most is {}", handle.size(), most_handle), uri);
}

void clear_failure(Root& root) {
  root.failures = 0;
  root.gone_seen = 0;
  root.failed = base::unset;
  root.error_code = Code::ok;
  root.error.clear();
}

void settle_times(Root& root, Instant now) {
  root.ingested = std::min(root.ingested, now);
  root.changed = std::min(root.changed, now);
}

Result<std::vector<Digest>> load_order(const Transaction& transaction, Db db, const Digest& root) {
  std::vector<Digest> ids;
  Cursor cursor(transaction, db, transaction.key().add(root));
  for (; cursor.valid(); cursor.next()) {
    if (!decode(cursor.body(), ids.emplace_back())) return transaction.malformed(db, cursor.key());
  }
  FRESHET_TRY(cursor.status());
  return ids;
}

Status store_order(Transaction& transaction, Db db, const Digest& root,
                   const std::vector<Digest>& before, const std::vector<Digest>& after) {
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (i < before.size() && before[i] == after[i]) continue;
    Encoder value;
    value.digest(after[i]);
    FRESHET_TRY(transaction.put(db, place_key(transaction, root, i), value));
  }
  for (std::size_t i = after.size(); i < before.size(); ++i)
    FRESHET_TRY(transaction.remove(db, place_key(transaction, root, i)));
  return {};
}

Status remove_content(Transaction& transaction, Root& root) {
  FRESHET_ASSIGN(const auto elements, load_order(transaction, Db::element_order, root.id));
  FRESHET_ASSIGN(const auto chunks, load_order(transaction, Db::order, root.id));
  for (const Digest& element : elements)
    FRESHET_TRY(transaction.remove(Db::elements, transaction.key().add(element)));
  for (const Digest& chunk : chunks)
    FRESHET_TRY(transaction.remove(Db::chunks, transaction.key().add(chunk)));
  FRESHET_TRY(store_order(transaction, Db::element_order, root.id, elements, {}));
  FRESHET_TRY(store_order(transaction, Db::order, root.id, chunks, {}));
  for (const Digest& chunk : chunks) FRESHET_TRY(enqueue(transaction, chunk, true));
  root.ingested = base::unset;
  root.length = root.chunks = root.elements = 0;
  root.bytes_digest = root.content_digest = root.fingerprint = Digest{};
  root.title.clear();
  root.media_type.clear();
  root.metadata.clear();
  root.loader_metadata.clear();
  return {};
}

Result<bool> is_pending(const Transaction& transaction, TargetNumber target, const Digest& chunk) {
  return transaction.has(Db::pending, transaction.key<RowKey>(target, chunk));
}

Status enqueue(Transaction& transaction, const Digest& chunk, bool removal) {
  FRESHET_ASSIGN(const auto targets, transaction.delivered_to());
  for (const TargetNumber target : targets)
    FRESHET_TRY(enqueue(transaction, target, chunk, removal));
  return {};
}

Status enqueue(Transaction& transaction, TargetNumber target, const Digest& chunk, bool removal) {
  FRESHET_ASSIGN(const auto targets, transaction.delivered_to());
  if (std::find(targets.begin(), targets.end(), target) == targets.end()) return {};
  FRESHET_ASSIGN(Counters* const counters, transaction.counters());
  const Key key = transaction.key<RowKey>(target, chunk);
  FRESHET_ASSIGN(const auto waiting, transaction.record<std::uint64_t>(Db::pending, key));
  if (waiting) {
    // Not changed in place: a row that is being delivered is confirmed by its number, and that
    // confirmation must not settle what has been asked for since.
    FRESHET_ASSIGN(
        const bool removed,
        transaction.remove(Db::deliveries, transaction.key<DeliveryKey>(target, *waiting)));
    if (removed) --counters->deliveries;
  }
  const std::uint64_t sequence = counters->next_delivery++;
  Encoder row, place;
  encode(row, DeliveryRow{chunk, removal});
  place.number(sequence);
  FRESHET_TRY(transaction.put(Db::deliveries, transaction.key<DeliveryKey>(target, sequence), row));
  FRESHET_TRY(transaction.put(Db::pending, key, place));
  ++counters->deliveries;
  return {};
}

base::Millis time_left(const LeaseRow& lease, const Process& self, const ports::Clock& clock) {
  const bool same_boot = !self.boot.empty() && lease.boot == self.boot;
  return same_boot ? Instant{lease.boot_expiry} - Instant{clock.monotonic().count()}
                   : Instant{lease.wall_expiry} - clock.now();
}

Status settle_lease(Transaction& transaction, const Digest& root, const std::string& uri,
                    const std::optional<Holder>& holder) {
  FRESHET_TRY(check_included(transaction, root));
  if (!holder) return {};
  FRESHET_TRY(require_lease(transaction, {root, holder->fence}, holder->owner, uri));
  FRESHET_TRY(transaction.remove(Db::leases, transaction.key().add(root)));
  return {};
}

Status require_lease(const Transaction& transaction, const Lease& lease, const Digest& owner,
                     const std::string& subject) {
  FRESHET_ASSIGN(const auto row,
                 transaction.record<LeaseRow>(Db::leases, transaction.key().add(lease.root)));
  if (row && row->owner == owner && row->fence == lease.fence) return {};
  return base::fail(Code::busy, "the lease was lost to another run", subject);
}

}  // namespace freshet::repository
