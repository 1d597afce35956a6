// core/repository/snapshot_due.cpp - how many roots are due, without walking all that are.
#include "core/repository/roots.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// The roots that are due, or those that wait for a later time: whichever are fewer.
struct Fewer {
  bool are_due = true;
  std::vector<Digest> roots;
  std::uint64_t rows = 0;  // of the due index; known where they are not due
};

// How many rows the due index has, where they are all of this namespace.
Result<std::optional<std::uint64_t>> count_rows(const Transaction& transaction) {
  Cursor first(transaction, Db::due, {}), last(transaction, Db::due, transaction.key());
  const bool ours = first.valid() && first.key().starts_with(transaction.key().view());
  last.seek_last();
  FRESHET_TRY(first.status());
  FRESHET_TRY(last.status());
  if (!ours || !last.valid()) return std::nullopt;
  FRESHET_ASSIGN(const std::uint64_t rows, transaction.count(Db::due));
  return rows;
}

// Takes the root under the cursor where it is due, or else where it is not.
Result<bool> take(const Transaction& transaction, const Cursor& cursor, Instant now, bool due,
                  std::vector<Digest>& roots) {
  FRESHET_TRY(cursor.status());
  if (!cursor.valid()) return false;
  FRESHET_ASSIGN(const auto parts, transaction.parts<DueKey>(Db::due, cursor.key()));
  if ((std::get<Instant>(parts) <= now) != due) return false;
  roots.push_back(std::get<Digest>(parts));
  return true;
}

// Walks the index from both ends at once, until one of them comes to `now`.
Result<Fewer> find_fewer(const Transaction& transaction, Instant now) {
  FRESHET_ASSIGN(const auto rows, count_rows(transaction));
  Cursor early(transaction, Db::due, transaction.key()),
      late(transaction, Db::due, transaction.key());
  Fewer due, waiting{false, {}, rows.value_or(0)};
  if (rows) late.seek_last();
  for (;; early.next()) {
    FRESHET_ASSIGN(const bool more_due, take(transaction, early, now, true, due.roots));
    if (!more_due) return due;
    if (!rows) continue;
    FRESHET_ASSIGN(const bool more_waiting, take(transaction, late, now, false, waiting.roots));
    if (!more_waiting) return waiting;
    late.previous();
  }
}

Result<std::uint64_t> count_failing(const ReadsRoots& reads, std::span<const Digest> ids) {
  std::uint64_t failing = 0;
  FRESHET_TRY(reads.roots(ids, [&](std::size_t, const RootView* root) {
    if (root != nullptr && root->failures > 0) ++failing;
  }));
  return failing;
}

std::uint64_t count_of(const Fewer& fewer) {
  return fewer.are_due ? fewer.roots.size() : fewer.rows - fewer.roots.size();
}

}  // namespace

Result<std::uint64_t> ReadsRoots::count_due(Instant now) const {
  FRESHET_ASSIGN(const Fewer fewer, find_fewer(transaction_, now));
  return count_of(fewer);
}

Result<DueCount> ReadsRoots::count_due_failing(Instant now) const {
  FRESHET_ASSIGN(const Fewer fewer, find_fewer(transaction_, now));
  const std::uint64_t count = count_of(fewer);
  FRESHET_ASSIGN(const Counters* const counters, transaction_.counters());
  if (counters->failing == 0 || count == 0) return DueCount{count, 0};
  // What has no row would have to be found by walking the roots.
  if (!fewer.are_due && fewer.rows == counters->roots) {
    FRESHET_ASSIGN(const std::uint64_t waiting, count_failing(*this, fewer.roots));
    return DueCount{count, counters->failing - waiting};
  }
  FRESHET_ASSIGN(const auto ids,
                 fewer.are_due ? Result<std::vector<Digest>>(fewer.roots) : due(now, count));
  FRESHET_ASSIGN(const std::uint64_t failing, count_failing(*this, ids));
  return DueCount{count, failing};
}

}  // namespace freshet::repository
