// core/repository/snapshot_roots.cpp - roots, the due index, and what is known of the namespace.
#include <algorithm>
#include <numeric>

#include "core/repository/repository.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// A clock that is being kept right may be turned back by as much.
constexpr base::Millis clock_tolerance{1000};

Status decode_root(const Transaction& transaction, std::string_view key, std::string_view body,
                   RootView& root) {
  FRESHET_ASSIGN(const auto parts, transaction.parts<RootKey>(Db::roots, key));
  root.id = std::get<Digest>(parts);
  if (!decode(body, root)) return transaction.malformed(Db::roots, key);
  return {};
}

// The order in which the ids lie in the database; empty: as given.
std::vector<std::uint32_t> order_of(std::span<const Digest> ids) {
  std::vector<std::uint32_t> order;
  if (std::is_sorted(ids.begin(), ids.end())) return order;
  order.resize(ids.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return ids[a] < ids[b]; });
  return order;
}

// Calls `each` with every root that is due, earliest first, until it returns false.
template <typename Each>
Status each_due(const Transaction& transaction, Instant now, const Each& each) {
  Cursor cursor(transaction, Db::due, transaction.key());
  for (; cursor.valid(); cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction.parts<DueKey>(Db::due, cursor.key()));
    if (std::get<Instant>(parts) > now || !each(std::get<Digest>(parts))) break;
  }
  return cursor.status();
}

}  // namespace

Snapshot::Snapshot(std::unique_ptr<Transaction> transaction)
    : transaction_(std::move(transaction)) {}
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot::~Snapshot() = default;

Result<std::optional<RootView>> Snapshot::root(const Digest& id) const {
  const Key key = transaction_->key().add(id);
  FRESHET_ASSIGN(const auto body, transaction_->get(Db::roots, key));
  if (!body) return std::nullopt;
  std::optional<RootView> root(std::in_place);
  FRESHET_TRY(decode_root(*transaction_, key, *body, *root));
  return root;
}

Status Snapshot::roots(std::span<const Digest> ids,
                       const std::function<void(std::size_t, const RootView*)>& each) const {
  const std::vector<std::uint32_t> order = order_of(ids);
  Cursor cursor(*transaction_, Db::roots, transaction_->key());
  RootView root;
  bool dense = true;  // the ids follow each other in the database: stepping is cheaper than seeking
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::size_t index = order.empty() ? i : order[i];
    const Key key = transaction_->key().add(ids[index]);
    if (dense && cursor.valid() && cursor.key() < key.view()) cursor.next();
    if (!cursor.valid() || cursor.key() != key.view()) {
      dense = false;
      if (i == 0 || (cursor.valid() && cursor.key() < key.view())) cursor.seek(key);
    } else {
      dense = true;
    }
    FRESHET_TRY(cursor.status());
    if (!cursor.valid() || cursor.key() != key.view()) {
      each(index, nullptr);
      continue;
    }
    FRESHET_TRY(decode_root(*transaction_, cursor.key(), cursor.body(), root));
    each(index, &root);
  }
  return cursor.status();
}

Result<std::vector<Root>> Snapshot::list_roots(const Digest& after, std::size_t limit) const {
  std::vector<Root> roots;
  Cursor cursor(*transaction_, Db::roots, transaction_->key());
  const Key start = transaction_->key().add(after);
  if (!after.empty()) cursor.seek(start);
  for (; cursor.valid() && roots.size() < limit; cursor.next()) {
    if (cursor.key() == start.view()) continue;
    RootView root;
    FRESHET_TRY(decode_root(*transaction_, cursor.key(), cursor.body(), root));
    roots.push_back(owned(root));
  }
  FRESHET_TRY(cursor.status());
  return roots;
}

Result<std::vector<Digest>> Snapshot::due(Instant now, std::size_t limit) const {
  std::vector<Digest> ids;
  if (limit == 0) return ids;
  FRESHET_TRY(each_due(*transaction_, now, [&](const Digest& root) {
    ids.push_back(root);
    return ids.size() < limit;
  }));
  return ids;
}

Result<std::uint64_t> Snapshot::count_due(Instant now) const {
  std::uint64_t count = 0;
  FRESHET_TRY(each_due(*transaction_, now, [&](const Digest&) { return ++count > 0; }));
  return count;
}

Result<std::vector<DueRoot>> Snapshot::due_of(const Digest& source, Instant now,
                                              const DueRoot& after, std::size_t limit) const {
  std::vector<DueRoot> roots;
  const Key start = transaction_->key<DueBySourceKey>(source, after.at, after.root);
  Cursor cursor(*transaction_, Db::due_by_source, transaction_->key().add(source));
  for (cursor.seek(start); cursor.valid() && roots.size() < limit; cursor.next()) {
    FRESHET_ASSIGN(const auto parts,
                   transaction_->parts<DueBySourceKey>(Db::due_by_source, cursor.key()));
    if (std::get<Instant>(parts) > now) break;
    if (cursor.key() != start.view())
      roots.push_back({std::get<Instant>(parts), std::get<2>(parts)});
  }
  FRESHET_TRY(cursor.status());
  return roots;
}

Result<Instant> Snapshot::next_due() const {
  Cursor cursor(*transaction_, Db::due, transaction_->key());
  FRESHET_TRY(cursor.status());
  if (!cursor.valid()) return base::never;
  FRESHET_ASSIGN(const auto parts, transaction_->parts<DueKey>(Db::due, cursor.key()));
  return std::get<Instant>(parts);
}

Result<bool> Snapshot::clock_was_ahead() const {
  FRESHET_ASSIGN(const Counters* const counters, transaction_->counters());
  const Instant last = counters->last_write;
  return last == base::unset || last > transaction_->clock().now() + clock_tolerance;
}

Result<std::optional<Target>> Snapshot::target() const {
  FRESHET_ASSIGN(auto row, transaction_->record<TargetRow>(
                               Db::targets, transaction_->key<TargetKey>(main_target)));
  if (!row) return std::nullopt;
  return std::move(row->live);
}

Result<std::vector<std::string>> Snapshot::runs(std::size_t limit) const {
  // Few are kept: read in order, then turned round.
  std::vector<std::string> reports;
  Cursor cursor(*transaction_, Db::runs, transaction_->key());
  for (; cursor.valid(); cursor.next()) reports.emplace_back(cursor.body());
  FRESHET_TRY(cursor.status());
  std::reverse(reports.begin(), reports.end());
  if (reports.size() > limit) reports.resize(limit);
  return reports;
}

Result<std::vector<NameSpace>> Snapshot::name_spaces() const {
  std::vector<NameSpace> all;
  Cursor cursor(*transaction_, Db::spaces, {});
  for (; cursor.valid(); cursor.next()) {
    SpaceRow row;
    if (!decode(cursor.body(), row)) return transaction_->malformed(Db::spaces, cursor.key());
    FRESHET_ASSIGN(const auto found, transaction_->record<Counters>(Db::counters, Key(row.id)));
    const Counters counters = found.value_or(Counters{});
    all.push_back({std::string(cursor.key()), row.dropping, counters.roots, counters.documents,
                   counters.chunks, counters.deliveries});
  }
  FRESHET_TRY(cursor.status());
  return all;
}

Result<Generation> Snapshot::generation() const {
  FRESHET_ASSIGN(auto row, transaction_->record<TargetRow>(
                               Db::targets, transaction_->key<TargetKey>(main_target)));
  return row ? std::move(row->newest) : Generation{};
}

Result<std::optional<Target>> Snapshot::delivery_target() const {
  FRESHET_ASSIGN(Generation newest, generation());
  if (!newest.under_way()) return target();
  return std::optional<Target>(std::move(newest.target));
}

Result<Info> Snapshot::info() const {
  FRESHET_ASSIGN(const Counters* const counters, transaction_->counters());
  FRESHET_ASSIGN(const auto aim, target());
  FRESHET_ASSIGN(const Generation newest, generation());
  Info info;
  info.chunks = counters->chunks;
  info.documents = counters->documents;
  info.elements = counters->elements;
  info.roots = counters->roots;
  info.failing = counters->failing;
  info.deliveries = counters->deliveries + (newest.under_way() ? 1 : 0);
  FRESHET_ASSIGN(info.vectors, transaction_->count(Db::vectors));
  info.has_embeddings = aim && !aim->embedder.empty();
  return info;
}

}  // namespace freshet::repository
