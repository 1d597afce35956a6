// core/repository/snapshot_sources.cpp - sources and their members.
#include <algorithm>

#include "core/repository/sources.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// The generation of the last listing that saw all members.
Result<std::uint64_t> seen_all(const Transaction& transaction, const Digest& source) {
  FRESHET_ASSIGN(const auto record,
                 transaction.record<Source>(Db::sources, transaction.key().add(source)));
  return record ? record->seen_all : 0;
}

// Calls `each` with the root and the generation that last saw it, until it returns false.
template <typename Each>
Status each_member(const Transaction& transaction, const Digest& source, const Digest& after,
                   const Each& each) {
  FRESHET_ASSIGN(const std::uint64_t all, seen_all(transaction, source));
  Cursor cursor(transaction, Db::seen, transaction.key().add(source));
  if (!after.empty()) cursor.seek(transaction.key<SeenKey>(source, after));
  Sight sight;
  for (; cursor.valid(); cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction.parts<SeenKey>(Db::seen, cursor.key()));
    if (!decode(cursor.body(), sight)) return transaction.malformed(Db::seen, cursor.key());
    const Digest root = std::get<1>(parts);
    if (!after.empty() && root == after) continue;
    if (!each(root, std::max(sight.seen, all))) break;
  }
  return cursor.status();
}

}  // namespace

Result<std::optional<Source>> ReadsSources::source(const Digest& id) const {
  return transaction_.record<Source>(Db::sources, transaction_.key().add(id));
}

Result<std::vector<Source>> ReadsSources::sources() const {
  std::vector<Source> sources;
  Cursor cursor(transaction_, Db::sources, transaction_.key());
  for (; cursor.valid(); cursor.next())
    if (!decode(cursor.body(), sources.emplace_back()))
      return transaction_.malformed(Db::sources, cursor.key());
  FRESHET_TRY(cursor.status());
  return sources;
}

Result<bool> ReadsSources::is_member(const Digest& source, const Digest& root) const {
  return transaction_.has(Db::seen, transaction_.key<SeenKey>(source, root));
}

Result<bool> ReadsSources::has_source(const Digest& root) const {
  Cursor cursor(transaction_, Db::sources_of, transaction_.key().add(root));
  FRESHET_TRY(cursor.status());
  return cursor.valid();
}

Result<std::optional<std::uint64_t>> ReadsSources::seen_by(const Digest& source,
                                                           const Digest& root) const {
  FRESHET_ASSIGN(const auto sight,
                 transaction_.record<Sight>(Db::seen, transaction_.key<SeenKey>(source, root)));
  if (!sight) return std::nullopt;
  FRESHET_ASSIGN(const std::uint64_t all, seen_all(transaction_, source));
  return std::max(sight->seen, all);
}

Result<std::vector<Digest>> ReadsSources::members(const Digest& source, const Digest& cursor,
                                                  std::size_t limit) const {
  std::vector<Digest> roots;
  if (limit == 0) return roots;
  FRESHET_TRY(each_member(transaction_, source, cursor, [&](const Digest& root, std::uint64_t) {
    roots.push_back(root);
    return roots.size() < limit;
  }));
  return roots;
}

Result<std::vector<Digest>> ReadsSources::unseen(const Digest& source, std::uint64_t generation,
                                                 const Digest& cursor, std::size_t limit) const {
  std::vector<Digest> roots;
  if (limit == 0) return roots;
  FRESHET_TRY(
      each_member(transaction_, source, cursor, [&](const Digest& root, std::uint64_t seen) {
        if (seen < generation) roots.push_back(root);
        return roots.size() < limit;
      }));
  return roots;
}

Result<std::uint64_t> ReadsSources::count_unseen(const Digest& source,
                                                 std::uint64_t generation) const {
  std::uint64_t count = 0;
  FRESHET_TRY(each_member(transaction_, source, {}, [&](const Digest&, std::uint64_t seen) {
    count += seen < generation ? 1 : 0;
    return true;
  }));
  return count;
}

}  // namespace freshet::repository
