#include "core/repository/migrate.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/model/chunk.hpp"
#include "core/ports/clock.hpp"
#include "core/repository/rows.hpp"
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
    if (!decode(cursor.body(), spaces.emplace_back()))
      return transaction.malformed(Db::spaces, cursor.key());
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

// Calls `each` with every key of the namespace in `db`. Keys are collected some at a time, so that
// `each` may change what it likes.
template <typename Each>
Status each_key(const Transaction& transaction, Db db, const Each& each) {
  constexpr std::size_t together = 1000;
  std::vector<std::string> keys;
  do {
    const std::string last = keys.empty() ? std::string() : keys.back();
    keys.clear();
    {
      Cursor cursor(transaction, db, transaction.key());
      if (!last.empty()) cursor.seek(last);
      for (; cursor.valid() && keys.size() < together; cursor.next())
        if (cursor.key() != last) keys.emplace_back(cursor.key());
      FRESHET_TRY(cursor.status());
    }
    for (const std::string& key : keys) FRESHET_TRY(each(key));
  } while (!keys.empty());
  return {};
}

// Its id says whose it is from schema 2 on. What the store holds of it is to be removed; what it is
// given instead has its text and so its vector. A row in flight counts as held.
Status migrate_chunk(Transaction& transaction, const Digest& root, std::uint32_t place,
                     const Digest& old) {
  const Digest id = model::of_root(root, old);
  if (id == old) return {};
  const Key from = transaction.key().add(old);
  FRESHET_ASSIGN(const auto body, transaction.get(Db::chunks, from));
  if (!body) return transaction.malformed(Db::order, transaction.key().add(root).add(place));
  Encoder value, name;
  value.raw(*body);
  name.digest(id);
  FRESHET_TRY(transaction.put(Db::chunks, transaction.key().add(id), value));
  FRESHET_TRY(transaction.remove(Db::chunks, from));
  FRESHET_TRY(transaction.put(Db::order, transaction.key().add(root).add(place), name));
  FRESHET_TRY(enqueue(transaction, id, false));
  return enqueue(transaction, old, true);
}

// Its metadata is new, at the end. Returns where it ends in the text.
Result<std::uint64_t> migrate_element(Transaction& transaction, const Digest& id) {
  const Key key = transaction.key<ElementKey>(id);
  FRESHET_ASSIGN(const auto body, transaction.get(Db::elements, key));
  Encoder value;
  value.raw(body.value_or("")).text("");
  Element element;
  if (!decode(value.body(), element)) return transaction.malformed(Db::elements, key);
  FRESHET_TRY(transaction.put(Db::elements, key, value));
  return element.span.end;
}

// Returns the length of the text: the end of the last section.
Result<std::uint64_t> migrate_elements(Transaction& transaction, const Digest& root) {
  std::uint64_t length = 0;
  FRESHET_ASSIGN(const auto elements, load_order(transaction, Db::element_order, root));
  for (const Digest& id : elements) {
    FRESHET_ASSIGN(const std::uint64_t end, migrate_element(transaction, id));
    length = std::max(length, end);
  }
  return length;
}

// The source that confirms it is new behind the other digests: none.
constexpr std::size_t digests_end = 5 * 8 + 3 * 16;
const std::string no_source(16, '\0');

// Its length is new behind that, too, and two texts are at the end, empty.
Status grow_root(Transaction& transaction, std::string_view key, std::uint64_t length) {
  constexpr std::size_t lengths_end = digests_end + 5 * 4 + 8 * 4;
  FRESHET_ASSIGN(const auto body, transaction.get(Db::roots, key));
  if (!body || body->size() < lengths_end) return transaction.malformed(Db::roots, key);
  Encoder value;
  value.raw(body->substr(0, digests_end)).raw(no_source).number(length);
  value.raw(body->substr(digests_end, lengths_end - digests_end)).number(std::uint64_t{0});
  value.raw(body->substr(lengths_end));
  return transaction.put(Db::roots, key, value);
}

// What is new in it is at the end: what no listing has said of all members yet.
Status grow_source(Transaction& transaction, std::string_view key) {
  FRESHET_ASSIGN(const auto body, transaction.get(Db::sources, key));
  if (!body) return transaction.malformed(Db::sources, key);
  Encoder value;
  value.raw(*body).number(std::uint64_t{0}).number(base::unset.ms);
  return transaction.put(Db::sources, key, value);
}

Status migrate_source(Transaction& transaction, std::string_view key) {
  FRESHET_ASSIGN(const auto body, transaction.get(Db::sources, key));
  if (!body) return transaction.malformed(Db::sources, key);
  Encoder value;
  value.raw(*body).number(base::unset.ms).number(base::unset.ms).number(std::int64_t{0}).text("");
  FRESHET_TRY(transaction.put(Db::sources, key, value));
  return grow_source(transaction, key);
}

// The due index of each source is new. It goes by the root's record, which is in its new form now.
Status index_due(Transaction& transaction, const Digest& root) {
  FRESHET_ASSIGN(const auto view,
                 transaction.record<RootView>(Db::roots, transaction.key<RootKey>(root)));
  const Instant at = view ? view->ask_again : base::never;
  FRESHET_ASSIGN(const auto sources, sources_of(transaction, root));
  for (const Digest& source : sources)
    FRESHET_TRY(move_due_of(transaction, source, root, base::never, at));
  return {};
}

// Rows of delivery work were of the one target that there was: its number is new behind the space.
Status number_rows(Transaction& transaction, Db db, std::size_t old_size) {
  return each_key(transaction, db, [&](std::string_view key) -> Status {
    if (key.size() != old_size) return {};
    FRESHET_ASSIGN(const auto body, transaction.get(db, key));
    Encoder value;
    value.raw(body.value_or(""));
    std::string numbered(transaction.key().add(main_target).view());
    numbered += key.substr(transaction.key().view().size());
    FRESHET_TRY(transaction.put(db, numbered, value));
    FRESHET_TRY(transaction.remove(db, key));
    return {};
  });
}

// The live target and the newest generation were records of their own.
Status migrate_target(Transaction& transaction) {
  const Key live = transaction.key(), place = transaction.key<TargetKey>(main_target);
  FRESHET_ASSIGN(const auto body, transaction.get(Db::targets, live));
  if (!body) return {};
  constexpr std::size_t empty_generation = 2 * 8 + 2 + 4 + 5 * 4;
  FRESHET_ASSIGN(const auto newest, transaction.get(Db::targets, place));
  Encoder value;
  value.number(static_cast<std::uint8_t>(TargetState::live));
  value.raw(newest.value_or(std::string(empty_generation, '\0'))).raw(*body);
  FRESHET_TRY(transaction.put(Db::targets, place, value));
  FRESHET_TRY(transaction.remove(Db::targets, live));
  return {};
}

Status migrate_deliveries(Transaction& transaction) {
  constexpr std::size_t by_number = 4 + 8, by_chunk = 4 + 16;
  FRESHET_TRY(number_rows(transaction, Db::deliveries, by_number));
  FRESHET_TRY(number_rows(transaction, Db::pending, by_chunk));
  FRESHET_TRY(number_rows(transaction, Db::delivered, by_chunk));
  FRESHET_TRY(number_rows(transaction, Db::targets, by_number));  // what is in flight
  return migrate_target(transaction);
}

Status migrate_root(Transaction& transaction, std::string_view key) {
  FRESHET_ASSIGN(const auto parts, transaction.parts<RootKey>(Db::roots, key));
  const Digest root = std::get<Digest>(parts);
  FRESHET_ASSIGN(const auto chunks, load_order(transaction, Db::order, root));
  for (std::size_t i = 0; i < chunks.size(); ++i)
    FRESHET_TRY(migrate_chunk(transaction, root, static_cast<std::uint32_t>(i), chunks[i]));
  FRESHET_ASSIGN(const std::uint64_t length, migrate_elements(transaction, root));
  FRESHET_TRY(grow_root(transaction, key, length));
  return index_due(transaction, root);
}

// From schema 4 to 5.
Status give_source(Transaction& transaction, std::string_view key) {
  FRESHET_ASSIGN(const auto body, transaction.get(Db::roots, key));
  if (!body || body->size() < digests_end) return transaction.malformed(Db::roots, key);
  Encoder value;
  value.raw(body->substr(0, digests_end)).raw(no_source).raw(body->substr(digests_end));
  return transaction.put(Db::roots, key, value);
}

// From schema 5 to 6: sections whose ids tell their root lie together. Bodies are read as they are.
Status rekey_element(Transaction& transaction, std::string_view place) {
  FRESHET_ASSIGN(const auto old, transaction.record<Digest>(Db::element_order, place));
  if (!old) return transaction.malformed(Db::element_order, place);
  const Key from = transaction.key<ElementKey>(*old);
  FRESHET_ASSIGN(const auto body, transaction.get(Db::elements, from));
  Element element;
  if (!body || !decode(*body, element)) return transaction.malformed(Db::elements, from);
  const Digest key = model::section_key(element.id);
  if (key == *old) return {};
  Encoder value, name;
  value.raw(*body);
  name.digest(key);
  FRESHET_TRY(transaction.put(Db::elements, transaction.key<ElementKey>(key), value));
  FRESHET_TRY(transaction.remove(Db::elements, from));
  return transaction.put(Db::element_order, place, name);
}

Status rekey_elements(Transaction& transaction) {
  return each_key(transaction, Db::element_order,
                  [&](std::string_view place) { return rekey_element(transaction, place); });
}

Status grow_space(Transaction& transaction) {
  FRESHET_TRY(each_key(transaction, Db::roots,
                       [&](std::string_view key) { return give_source(transaction, key); }));
  return each_key(transaction, Db::sources,
                  [&](std::string_view key) { return grow_source(transaction, key); });
}

// From schema 1, to what all later ones have, and to 5.
Status migrate_space(Transaction& transaction) {
  FRESHET_TRY(migrate_counters(transaction));
  FRESHET_TRY(migrate_deliveries(transaction));
  FRESHET_TRY(each_key(transaction, Db::roots,
                       [&](std::string_view key) { return migrate_root(transaction, key); }));
  FRESHET_TRY(each_key(transaction, Db::sources,
                       [&](std::string_view key) { return migrate_source(transaction, key); }));
  FRESHET_TRY(transaction.finish());
  return {};
}

// Everything but its number stays.
Status put_schema(Transaction& transaction) {
  FRESHET_ASSIGN(const auto body, transaction.get(Db::meta, "schema"));
  if (!body || body->size() < 4) return transaction.malformed(Db::meta, "schema");
  Encoder value;
  value.number(lmdb::schema).raw(body->substr(4));
  return transaction.put(Db::meta, "schema", value);
}

}  // namespace

Status migrate(const std::shared_ptr<lmdb::Environment>& environment, lmdb::RawTransaction* txn,
               std::uint32_t found) {
  const NoTime clock;
  Transaction all(environment, txn, {0, &clock});
  FRESHET_ASSIGN(const auto spaces, all_spaces(all));
  for (const std::uint32_t space : spaces) {  // all that schemas 3 and 4 add are databases
    Transaction transaction(environment, txn, {space, &clock});
    if (found == 1) FRESHET_TRY(migrate_space(transaction));
    if (found > 1 && found < 5) FRESHET_TRY(grow_space(transaction));
    FRESHET_TRY(rekey_elements(transaction));
  }
  return put_schema(all);
}

}  // namespace freshet::repository
