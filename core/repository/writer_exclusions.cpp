// core/repository/writer_exclusions.cpp - what is to stay out, and what keeps it out.
#include <fmt/format.h>

#include "core/repository/exclusions.hpp"
#include "core/repository/roots.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/sources.hpp"
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

Status ReadsExclusions::check_included(const Digest& root) const {
  return repository::check_included(transaction_, root);
}

Result<bool> ReadsExclusions::has_exclusions() const {
  Cursor cursor(transaction_, Db::excluded, transaction_.key());
  FRESHET_TRY(cursor.status());
  return cursor.valid();
}

Result<std::optional<Exclusion>> ReadsExclusions::exclusion(const Digest& root) const {
  return transaction_.record<Exclusion>(Db::excluded, transaction_.key<ExcludedKey>(root));
}

Result<std::vector<Exclusion>> ReadsExclusions::exclusions(const Digest& after,
                                                           std::size_t limit) const {
  return records_behind<Exclusion>(transaction_, Db::excluded, after, limit);
}

Result<std::optional<std::uint64_t>> WritesExclusions::exclude(const Exclusion& exclusion) {
  if (exclusion.uri.empty()) return base::fail(Code::invalid_argument, "an exclusion needs a URI");
  if (exclusion.why.size() > most_why)
    return base::fail(Code::limit,
                      fmt::format("has {} bytes; the most is {}", exclusion.why.size(), most_why),
                      "why");
  const Digest root = model::root_id(exclusion.uri);
  FRESHET_ASSIGN(const auto removed, WritesRoots(transaction_).remove_root(root));
  Encoder value;
  encode(value, exclusion);
  FRESHET_TRY(transaction_.put(Db::excluded, transaction_.key<ExcludedKey>(root), value));
  return removed;
}

Result<bool> WritesExclusions::include(const std::string& uri) {
  FRESHET_ASSIGN(
      const bool was_out,
      transaction_.remove(Db::excluded, transaction_.key<ExcludedKey>(model::root_id(uri))));
  if (was_out) FRESHET_TRY(WritesSources(transaction_).forget_listings());
  return was_out;
}

}  // namespace freshet::repository
