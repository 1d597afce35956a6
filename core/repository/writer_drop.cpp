// core/repository/writer_drop.cpp - the rows of a namespace that was marked by begin_drop() go.
//
// Its name goes last, so that who is ended in between finds what is left to do. The vectors stay:
// they belong to their texts and models, and to no namespace.
#include "core/repository/namespaces.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// In this order: as long as there are targets, the store may still have to be emptied.
constexpr Db of_a_space[] = {Db::roots,      Db::due,           Db::sources,       Db::seen,
                             Db::sources_of, Db::elements,      Db::element_order, Db::chunks,
                             Db::order,      Db::deliveries,    Db::pending,       Db::delivered,
                             Db::runs,       Db::due_by_source, Db::excluded,      Db::triggers,
                             Db::refusals,   Db::lessons,       Db::habits,        Db::targets};

Result<std::vector<std::string>> first_keys(const Transaction& transaction, Db db,
                                            std::size_t most) {
  std::vector<std::string> keys;
  Cursor cursor(transaction, db, transaction.key());
  for (; cursor.valid() && keys.size() < most; cursor.next()) keys.emplace_back(cursor.key());
  FRESHET_TRY(cursor.status());
  return keys;
}

// Removes at most `most` rows, and says how many.
Result<std::size_t> remove_rows(Transaction& transaction, Db db, std::size_t most) {
  FRESHET_ASSIGN(const std::vector<std::string> keys, first_keys(transaction, db, most));
  for (const std::string& key : keys) FRESHET_TRY(transaction.remove(db, key));
  return keys.size();
}

}  // namespace

Result<bool> WritesNameSpace::drop_some(std::size_t most) {
  std::size_t removed = 0;
  for (const Db db : of_a_space) {
    FRESHET_ASSIGN(const std::size_t rows, remove_rows(transaction_, db, most - removed));
    removed += rows;
    if (removed == most) return true;
  }
  return false;
}

Status WritesNameSpace::finish_drop() {
  FRESHET_TRY(remove_rows(transaction_, Db::leases, SIZE_MAX));
  FRESHET_TRY(transaction_.remove(Db::counters, transaction_.key()));
  FRESHET_TRY(transaction_.remove(Db::spaces, transaction_.name()));
  transaction_.drop_counters();
  return {};
}

}  // namespace freshet::repository
