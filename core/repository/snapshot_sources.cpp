// core/repository/snapshot_sources.cpp - sources and their members, deliveries, vectors.
#include "core/repository/repository.hpp"
#include "core/repository/transaction.hpp"
#include "core/repository/vectors.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// Calls `each` with the root and the generation that last saw it, until it returns false.
template <typename Each>
Status each_member(const Transaction& transaction, const Digest& source, const Digest& after,
                   const Each& each) {
  Cursor cursor(transaction, Db::seen, transaction.key().add(source));
  if (!after.empty()) cursor.seek(transaction.key<SeenKey>(source, after));
  Sight sight;
  for (; cursor.valid(); cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction.parts<SeenKey>(Db::seen, cursor.key()));
    if (!decode(cursor.body(), sight)) return transaction.malformed(Db::seen, cursor.key());
    const Digest root = std::get<1>(parts);
    if (!after.empty() && root == after) continue;
    if (!each(root, sight.seen)) break;
  }
  return cursor.status();
}

}  // namespace

Key vector_key(const std::string& model, const Digest& text_digest) {
  const Digest digest = base::digest_of(model);
  std::string_view bytes = digest.view();
  std::uint64_t front = 0;
  lmdb::take_part(bytes, front);
  return Key().add(front).add(text_digest);
}

Result<std::vector<float>> Snapshot::vector(const std::string& model,
                                            const Digest& text_digest) const {
  const Key key = vector_key(model, text_digest);
  FRESHET_ASSIGN(const auto body, transaction_->get(Db::vectors, key));
  std::vector<float> vector;
  if (!body) return vector;
  if (body->size() % sizeof(float) != 0) return transaction_->malformed(Db::vectors, key);
  vector.resize(body->size() / sizeof(float));
  if (!vector.empty()) std::memcpy(vector.data(), body->data(), body->size());
  return vector;
}

Result<bool> Snapshot::has_vector(const std::string& model, const Digest& text_digest) const {
  return transaction_->has(Db::vectors, vector_key(model, text_digest));
}

Result<std::optional<Source>> Snapshot::source(const Digest& id) const {
  return transaction_->record<Source>(Db::sources, transaction_->key().add(id));
}

Result<std::vector<Source>> Snapshot::sources() const {
  std::vector<Source> sources;
  Cursor cursor(*transaction_, Db::sources, transaction_->key());
  for (; cursor.valid(); cursor.next())
    if (!decode(cursor.body(), sources.emplace_back()))
      return transaction_->malformed(Db::sources, cursor.key());
  FRESHET_TRY(cursor.status());
  return sources;
}

Result<bool> Snapshot::is_member(const Digest& source, const Digest& root) const {
  return transaction_->has(Db::seen, transaction_->key<SeenKey>(source, root));
}

Result<bool> Snapshot::has_source(const Digest& root) const {
  Cursor cursor(*transaction_, Db::sources_of, transaction_->key().add(root));
  FRESHET_TRY(cursor.status());
  return cursor.valid();
}

Result<std::optional<std::uint64_t>> Snapshot::seen_by(const Digest& source,
                                                       const Digest& root) const {
  FRESHET_ASSIGN(const auto sight,
                 transaction_->record<Sight>(Db::seen, transaction_->key<SeenKey>(source, root)));
  if (!sight) return std::nullopt;
  return sight->seen;
}

Result<std::vector<Digest>> Snapshot::members(const Digest& source, const Digest& cursor,
                                              std::size_t limit) const {
  std::vector<Digest> roots;
  if (limit == 0) return roots;
  FRESHET_TRY(each_member(*transaction_, source, cursor, [&](const Digest& root, std::uint64_t) {
    roots.push_back(root);
    return roots.size() < limit;
  }));
  return roots;
}

Result<std::vector<Digest>> Snapshot::unseen(const Digest& source, std::uint64_t generation,
                                             const Digest& cursor, std::size_t limit) const {
  std::vector<Digest> roots;
  if (limit == 0) return roots;
  FRESHET_TRY(
      each_member(*transaction_, source, cursor, [&](const Digest& root, std::uint64_t seen) {
        if (seen < generation) roots.push_back(root);
        return roots.size() < limit;
      }));
  return roots;
}

Result<std::uint64_t> Snapshot::count_unseen(const Digest& source, std::uint64_t generation) const {
  std::uint64_t count = 0;
  FRESHET_TRY(each_member(*transaction_, source, {}, [&](const Digest&, std::uint64_t seen) {
    count += seen < generation ? 1 : 0;
    return true;
  }));
  return count;
}

Result<std::vector<Delivery>> Snapshot::deliveries(std::uint64_t after, std::size_t limit) const {
  std::vector<Delivery> rows;
  Cursor cursor(*transaction_, Db::deliveries, transaction_->key().add(main_target));
  if (after == UINT64_MAX) return rows;
  DeliveryRow row;
  for (cursor.seek(transaction_->key<DeliveryKey>(main_target, after + 1));
       cursor.valid() && rows.size() < limit; cursor.next()) {
    FRESHET_ASSIGN(const auto parts,
                   transaction_->parts<DeliveryKey>(Db::deliveries, cursor.key()));
    if (!decode(cursor.body(), row)) return transaction_->malformed(Db::deliveries, cursor.key());
    rows.push_back({std::get<std::uint64_t>(parts), row.chunk, row.removal});
  }
  FRESHET_TRY(cursor.status());
  return rows;
}

Result<std::optional<Digest>> Snapshot::delivered(const Digest& chunk) const {
  return transaction_->record<Digest>(Db::delivered, transaction_->key<RowKey>(main_target, chunk));
}

Result<std::vector<std::pair<Digest, Digest>>> Snapshot::list_delivered(const Digest& after,
                                                                        std::size_t limit) const {
  std::vector<std::pair<Digest, Digest>> rows;
  Cursor cursor(*transaction_, Db::delivered, transaction_->key().add(main_target));
  const Key start = transaction_->key<RowKey>(main_target, after);
  if (!after.empty()) cursor.seek(start);
  Digest row;
  for (; cursor.valid() && rows.size() < limit; cursor.next()) {
    FRESHET_ASSIGN(const auto parts, transaction_->parts<RowKey>(Db::delivered, cursor.key()));
    if (!decode(cursor.body(), row)) return transaction_->malformed(Db::delivered, cursor.key());
    if (cursor.key() == start.view()) continue;
    rows.emplace_back(std::get<Digest>(parts), row);
  }
  FRESHET_TRY(cursor.status());
  return rows;
}

}  // namespace freshet::repository
