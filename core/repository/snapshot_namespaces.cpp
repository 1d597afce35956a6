// core/repository/snapshot_namespaces.cpp - what is known of a namespace as a whole.
#include "core/lmdb/format.hpp"
#include "core/repository/namespaces.hpp"
#include "core/repository/targets.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// A clock that is being kept right may be turned back by as much.
constexpr base::Millis clock_tolerance{1000};

}  // namespace

Result<bool> ReadsNameSpace::clock_was_ahead() const {
  FRESHET_ASSIGN(const Counters* const counters, transaction_.counters());
  const Instant last = counters->last_write;
  return last == base::unset || last > transaction_.clock().now() + clock_tolerance;
}

Result<std::vector<NameSpace>> ReadsNameSpace::name_spaces() const {
  std::vector<NameSpace> all;
  Cursor cursor(transaction_, Db::spaces, {});
  for (; cursor.valid(); cursor.next()) {
    SpaceRow row;
    if (!decode(cursor.body(), row)) return transaction_.malformed(Db::spaces, cursor.key());
    FRESHET_ASSIGN(const auto found, transaction_.record<Counters>(Db::counters, Key(row.id)));
    const Counters counters = found.value_or(Counters{});
    all.push_back({std::string(cursor.key()), row.dropping, counters.roots, counters.documents,
                   counters.chunks, counters.deliveries});
  }
  FRESHET_TRY(cursor.status());
  return all;
}

Result<base::Digest> ReadsNameSpace::identity() const {
  FRESHET_ASSIGN(const auto body, transaction_.get(Db::meta, "schema"));
  lmdb::Decoder decoder(body.value_or(std::string_view()));
  decoder.take(sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t));  // schema, map size, creation
  const base::Digest identity = decoder.digest();
  if (!body || !decoder.whole()) return transaction_.malformed(Db::meta, "schema");
  return identity;
}

Result<Info> ReadsNameSpace::info() const {
  FRESHET_ASSIGN(const Counters* const counters, transaction_.counters());
  const ReadsTargets targets(transaction_);
  FRESHET_ASSIGN(const auto aim, targets.target());
  FRESHET_ASSIGN(const auto all, targets.targets());
  Info info;
  info.chunks = counters->chunks;
  info.documents = counters->documents;
  info.elements = counters->elements;
  info.roots = counters->roots;
  info.failing = counters->failing;
  info.deliveries = counters->deliveries;
  for (const KnownTarget& each : all) info.deliveries += each.is_whole() ? 0 : 1;
  FRESHET_ASSIGN(info.vectors, transaction_.count(Db::vectors));
  info.has_embeddings = aim && !aim->embedder.empty();
  return info;
}

}  // namespace freshet::repository
