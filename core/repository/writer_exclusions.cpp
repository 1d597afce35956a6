// core/repository/writer_exclusions.cpp - what is to stay out, and what keeps it out.
#include <fmt/format.h>

#include "core/repository/repository.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Code;
using base::Result;
using base::Status;

Status check_included(const Transaction& transaction, const Digest& root) {
  FRESHET_ASSIGN(const auto exclusion,
                 transaction.record<Exclusion>(Db::excluded, transaction.key<ExcludedKey>(root)));
  if (!exclusion) return {};
  return base::fail(Code::excluded, "is excluded: include it first", exclusion->uri);
}

Status Snapshot::check_included(const Digest& root) const {
  return repository::check_included(*transaction_, root);
}

Result<bool> Snapshot::has_exclusions() const {
  Cursor cursor(*transaction_, Db::excluded, transaction_->key());
  FRESHET_TRY(cursor.status());
  return cursor.valid();
}

Result<std::optional<Exclusion>> Snapshot::exclusion(const Digest& root) const {
  return transaction_->record<Exclusion>(Db::excluded, transaction_->key<ExcludedKey>(root));
}

Result<std::vector<Exclusion>> Snapshot::exclusions(const Digest& after, std::size_t limit) const {
  return records_behind<Exclusion>(*transaction_, Db::excluded, after, limit);
}

Result<std::optional<std::uint64_t>> Writer::exclude(const Exclusion& exclusion) {
  if (exclusion.uri.empty()) return base::fail(Code::invalid_argument, "an exclusion needs a URI");
  if (exclusion.why.size() > most_why)
    return base::fail(Code::limit,
                      fmt::format("has {} bytes; the most is {}", exclusion.why.size(), most_why),
                      "why");
  Transaction& transaction = *snapshot_.transaction_;
  const Digest root = model::root_id(exclusion.uri);
  FRESHET_ASSIGN(const auto removed, remove_root(root));
  Encoder value;
  encode(value, exclusion);
  FRESHET_TRY(transaction.put(Db::excluded, transaction.key<ExcludedKey>(root), value));
  return removed;
}

Result<bool> Writer::include(const std::string& uri) {
  Transaction& transaction = *snapshot_.transaction_;
  FRESHET_ASSIGN(
      const bool was_out,
      transaction.remove(Db::excluded, transaction.key<ExcludedKey>(model::root_id(uri))));
  if (was_out) FRESHET_TRY(forget_listings());
  return was_out;
}

}  // namespace freshet::repository
