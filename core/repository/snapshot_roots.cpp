// core/repository/snapshot_roots.cpp - roots, and the due index.
#include <algorithm>
#include <cstring>

#include "core/repository/roots.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

Status decode_root(const Transaction& transaction, std::string_view key, std::string_view body,
                   RootView& root) {
  FRESHET_ASSIGN(const auto parts, transaction.parts<RootKey>(Db::roots, key));
  root.id = std::get<Digest>(parts);
  if (!decode(body, root)) return transaction.malformed(Db::roots, key);
  return add_confirmed(transaction, root);
}

// The order in which the ids lie in the database; empty: as given. Nearly all differ in their first eight
// bytes, which lie side by side here.
std::vector<std::uint32_t> order_of(std::span<const Digest> ids) {
  std::vector<std::uint32_t> order;
  if (std::is_sorted(ids.begin(), ids.end())) return order;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> fronts;
  fronts.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    std::uint64_t front = 0;
    std::memcpy(&front, ids[i].bytes.data(), sizeof front);
    fronts.emplace_back(__builtin_bswap64(front), static_cast<std::uint32_t>(i));
  }
  std::sort(fronts.begin(), fronts.end(), [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : ids[a.second] < ids[b.second];
  });
  order.reserve(ids.size());
  for (const auto& [front, index] : fronts) order.push_back(index);
  return order;
}

}  // namespace

Result<std::optional<RootView>> ReadsRoots::root(const Digest& id) const {
  const Key key = transaction_.key().add(id);
  FRESHET_ASSIGN(const auto body, transaction_.get(Db::roots, key));
  if (!body) return std::nullopt;
  std::optional<RootView> root(std::in_place);
  FRESHET_TRY(decode_root(transaction_, key, *body, *root));
  return root;
}

Status ReadsRoots::roots(std::span<const Digest> ids,
                         const std::function<void(std::size_t, const RootView*)>& each) const {
  const std::vector<std::uint32_t> order = order_of(ids);
  Cursor cursor(transaction_, Db::roots, transaction_.key());
  RootView root;
  // Stepping is cheaper than seeking where many of all roots are asked for, or the ids follow each
  // other in the database.
  constexpr std::uint64_t few = 4;
  FRESHET_ASSIGN(const Counters* const counters, transaction_.counters());
  const bool many = ids.size() * few >= counters->roots;
  bool in_a_row = true;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::size_t index = order.empty() ? i : order[i];
    const Key key = transaction_.key().add(ids[index]);
    for (std::uint64_t steps = many       ? few
                               : in_a_row ? 1
                                          : 0;
         steps > 0 && cursor.valid() && cursor.key() < key.view(); --steps)
      cursor.next();
    if (!cursor.valid() || cursor.key() != key.view()) {
      in_a_row = false;
      if (i == 0 || (cursor.valid() && cursor.key() < key.view())) cursor.seek(key);
    }
    FRESHET_TRY(cursor.status());
    if (!cursor.valid() || cursor.key() != key.view()) {
      each(index, nullptr);
      continue;
    }
    FRESHET_TRY(decode_root(transaction_, cursor.key(), cursor.body(), root));
    each(index, &root);
  }
  return cursor.status();
}

Result<std::vector<Root>> ReadsRoots::list_roots(const Digest& after, std::size_t limit) const {
  std::vector<Root> roots;
  Cursor cursor(transaction_, Db::roots, transaction_.key());
  const Key start = transaction_.key().add(after);
  if (!after.empty()) cursor.seek(start);
  for (; cursor.valid() && roots.size() < limit; cursor.next()) {
    if (cursor.key() == start.view()) continue;
    RootView root;
    FRESHET_TRY(decode_root(transaction_, cursor.key(), cursor.body(), root));
    roots.push_back(owned(root));
  }
  FRESHET_TRY(cursor.status());
  return roots;
}

Result<std::vector<Digest>> ReadsRoots::due(Instant now, std::size_t limit) const {
  std::vector<Digest> ids;
  Cursor cursor(transaction_, Db::due, transaction_.key());
  for (; cursor.valid() && ids.size() < limit; cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction_.parts<DueKey>(Db::due, cursor.key()));
    if (std::get<Instant>(parts) > now) break;
    ids.push_back(std::get<Digest>(parts));
  }
  FRESHET_TRY(cursor.status());
  return ids;
}

Result<std::vector<DueRoot>> ReadsRoots::due_of(const Digest& source, Instant now,
                                                const DueRoot& after, std::size_t limit) const {
  std::vector<DueRoot> roots;
  const Key start = transaction_.key<DueBySourceKey>(source, after.at, after.root);
  Cursor cursor(transaction_, Db::due_by_source, transaction_.key().add(source));
  for (cursor.seek(start); cursor.valid() && roots.size() < limit; cursor.next()) {
    FRESHET_ASSIGN(const auto parts,
                   transaction_.parts<DueBySourceKey>(Db::due_by_source, cursor.key()));
    if (std::get<Instant>(parts) > now) break;
    if (cursor.key() != start.view())
      roots.push_back({std::get<Instant>(parts), std::get<2>(parts)});
  }
  FRESHET_TRY(cursor.status());
  return roots;
}

Result<Instant> ReadsRoots::next_due() const {
  Cursor cursor(transaction_, Db::due, transaction_.key());
  FRESHET_TRY(cursor.status());
  if (!cursor.valid()) return base::never;
  FRESHET_ASSIGN(const auto parts, transaction_.parts<DueKey>(Db::due, cursor.key()));
  return std::get<Instant>(parts);
}

}  // namespace freshet::repository
