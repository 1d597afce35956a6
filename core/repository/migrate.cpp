#include "core/repository/migrate.hpp"

#include <vector>

#include "core/ports/clock.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// A migration has no time of its own: it must not hide that the clock of the last write was ahead.
class NoTime : public ports::Clock {
 public:
  Instant now() const override { return base::unset; }
  base::Millis monotonic() const override { return base::Millis(0); }
};

Result<std::vector<std::uint32_t>> all_spaces(const Transaction& transaction) {
  std::vector<std::uint32_t> spaces;
  Cursor cursor(transaction, Db::spaces, {});
  for (; cursor.valid(); cursor.next()) {
    if (cursor.body().size() != 4) return transaction.malformed(Db::spaces, cursor.key());
    spaces.push_back(load<std::uint32_t>(cursor.body().data()));
  }
  FRESHET_TRY(cursor.status());
  return spaces;
}

// Was missing until the first write, and so was its last field in the first repositories.
Status migrate_counters(Transaction& transaction) {
  FRESHET_ASSIGN(const auto body, transaction.get(Db::counters, transaction.key()));
  Encoder value;
  if (!body) encode(value, Counters{});
  if (body) value.raw(*body);
  if (body && body->size() == 8 * 8) value.number(base::unset.ms);
  return transaction.put(Db::counters, transaction.key(), value);
}

Status migrate_space(Transaction& transaction) {
  FRESHET_TRY(migrate_counters(transaction));
  FRESHET_TRY(transaction.finish());
  return {};
}

// Everything but its number stays.
Status put_schema(Transaction& transaction) {
  FRESHET_ASSIGN(const auto body, transaction.get(Db::meta, "schema"));
  if (!body || body->size() < 4) return transaction.malformed(Db::meta, "schema");
  Encoder value;
  value.number(schema).raw(body->substr(4));
  return transaction.put(Db::meta, "schema", value);
}

}  // namespace

Status migrate(const std::shared_ptr<Environment>& environment, MDB_txn* txn) {
  const NoTime clock;
  Transaction all(environment, txn, {0, &clock});
  FRESHET_ASSIGN(const auto spaces, all_spaces(all));
  for (const std::uint32_t space : spaces) {
    Transaction transaction(environment, txn, {space, &clock});
    FRESHET_TRY(migrate_space(transaction));
  }
  return put_schema(all);
}

}  // namespace freshet::repository
