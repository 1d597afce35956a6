// core/repository/writer_refusals.cpp - what was refused for good.
#include "core/repository/refusals.hpp"

#include "core/model/document.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

Result<std::optional<Refusal>> ReadsRefusals::refusal(const Digest& root) const {
  return transaction_.record<Refusal>(Db::refusals, transaction_.key<RefusalKey>(root));
}

Status WritesRefusals::put_refusal(const Refusal& refusal) {
  const Digest id = model::root_id(refusal.uri);
  FRESHET_ASSIGN(const auto root, load_root(transaction_, id, refusal.uri));
  if (!root) return base::fail(base::Code::not_found, "no such root", refusal.uri);
  Encoder value;
  encode(value, refusal);
  return transaction_.put(Db::refusals, transaction_.key<RefusalKey>(id), value);
}

}  // namespace freshet::repository
