// core/repository/writer_triggers.cpp - refreshes that were asked for from outside.
#include <fmt/format.h>

#include "core/repository/rows.hpp"
#include "core/repository/transaction.hpp"
#include "core/repository/triggers.hpp"

namespace freshet::repository {

using base::Code;
using base::Result;
using base::Status;

Result<bool> has_trigger(const Transaction& transaction, const Digest& root) {
  FRESHET_ASSIGN(const auto body, transaction.get(Db::triggers, transaction.key<TriggerKey>(root)));
  return body.has_value();
}

Result<bool> ReadsTriggers::has_triggers() const {
  Cursor cursor(transaction_, Db::triggers, transaction_.key());
  FRESHET_TRY(cursor.status());
  return cursor.valid();
}

Result<std::optional<Trigger>> ReadsTriggers::trigger(const Digest& root) const {
  return transaction_.record<Trigger>(Db::triggers, transaction_.key<TriggerKey>(root));
}

Result<std::vector<Trigger>> ReadsTriggers::triggers(const Digest& after, std::size_t limit) const {
  return records_behind<Trigger>(transaction_, Db::triggers, after, limit);
}

Status WritesTriggers::put_trigger(const std::string& uri, const std::string& why) {
  if (uri.empty()) return base::fail(Code::invalid_argument, "a trigger needs a URI");
  if (why.size() > most_why)
    return base::fail(Code::limit,
                      fmt::format("has {} bytes; the most is {}", why.size(), most_why), "reason");
  const Digest id = model::root_id(uri);
  FRESHET_TRY(check_included(transaction_, id));
  FRESHET_ASSIGN(const auto before, load_root(transaction_, id, uri));
  FRESHET_ASSIGN(Counters* const counters, transaction_.counters());
  Encoder value;
  encode(value, Trigger{uri, counters->next_delivery++, transaction_.clock().now(), why});
  FRESHET_TRY(transaction_.put(Db::triggers, transaction_.key<TriggerKey>(id), value));
  if (!before || before->failures > 0) return {};
  Root root = *before;
  root.ask_again = transaction_.clock().now();
  return store_root(transaction_, before, root);
}

Status WritesTriggers::spend_trigger(const Digest& root, std::uint64_t number) {
  const Key key = transaction_.key<TriggerKey>(root);
  FRESHET_ASSIGN(const auto trigger, transaction_.record<Trigger>(Db::triggers, key));
  if (!trigger || trigger->number != number) return {};
  return transaction_.remove(Db::triggers, key).map([](bool) {});
}

}  // namespace freshet::repository
