// core/repository/rows.hpp - changes that several of the writer's functions are made of, each of
// which keeps the indexes and counters that hang on a record in step with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/repository/leases.hpp"
#include "core/repository/process.hpp"
#include "core/repository/roots.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

// Adds to a root, as it is stored, what the listings of a source have confirmed of it since.
base::Status add_confirmed(const Transaction& transaction, RootView& root);

// The root as it is known, which no source's listings confirm any more once it is stored. Where `uri` is
// given, a root of another URI under the same id is a defect.
base::Result<std::optional<Root>> load_root(const Transaction& transaction, const Digest& id,
                                            const std::string& uri = {});
// Has the root, before it is stored, confirmed by the listings of `source` from here on, where it can be: it
// is a member, and no clock that was ahead has said when they last did.
base::Status join(const Transaction& transaction, Root& root, const Digest& source);
// Writes `after` in the place of `before`, its row in the due index, and the counters.
base::Status store_root(Transaction& transaction, const std::optional<Root>& before,
                        const Root& after);

// The root's rows in the due index of each of its sources move from one time to another; never: no
// row.
base::Status move_due(Transaction& transaction, const Digest& root, Instant before, Instant after);
// The same in the index of one source, which the root joins or leaves.
base::Status move_due_of(Transaction& transaction, const Digest& source, const Digest& root,
                         Instant before, Instant after);
base::Result<std::vector<Digest>> sources_of(const Transaction& transaction, const Digest& root);

// The root's place in the due index, by what is true of it now.
void set_time(Root& root, const Schedule& ask_again);
// The same after a refresh: a trigger that came meanwhile makes it due.
base::Status set_time_answered(const Transaction& transaction, Root& root,
                               const Schedule& ask_again);
base::Result<bool> has_trigger(const Transaction& transaction, const Digest& root);

// Fails with limit where a loader's handle is longer than most_handle.
base::Status check_handle(const std::string& handle, const std::string& uri);

// Nothing is known against the root any more: it was confirmed or stored.
void clear_failure(Root& root);

// What is confirmed at `now` was stored and changed before: later times are of a clock that was
// ahead, and would have it refreshed again until they have come.
void settle_times(Root& root, Instant now);

// The ids of an index by root and place, in order.
base::Result<std::vector<Digest>> load_order(const Transaction& transaction, Db db,
                                             const Digest& root);
// Makes the index say `after` where it said `before`.
base::Status store_order(Transaction& transaction, Db db, const Digest& root,
                         const std::vector<Digest>& before, const std::vector<Digest>& after);

// Removes the root's elements and chunks, with removals for the store; `root` then has no document.
base::Status remove_content(Transaction& transaction, Root& root);

// A row of delivery work; it takes the place of one that is waiting for the same chunk. Nothing, where
// the target is not delivered to any more.
base::Status enqueue(Transaction& transaction, TargetNumber target, const Digest& chunk,
                     bool removal);
// The same for every target that is delivered to.
base::Status enqueue(Transaction& transaction, const Digest& chunk, bool removal);
base::Result<bool> is_pending(const Transaction& transaction, TargetNumber target,
                              const Digest& chunk);

// Fails with busy unless `owner` holds the lease under this fence.
base::Status require_lease(const Transaction& transaction, const Lease& lease, const Digest& owner,
                           const std::string& subject);

// How long the lease has still to run, negative where it is over. Judged by the clock that nobody
// sets; by the wall clock where boots cannot be told apart. More than longest_lease: the clock was
// ahead when it was given, and when it ends is not known.
base::Millis time_left(const LeaseRow& lease, const Process& self, const ports::Clock& clock);

// Up to `limit` records of a database with a root's id as key, behind that of `after`.
template <typename Record>
base::Result<std::vector<Record>> records_behind(const Transaction& transaction, Db db,
                                                 const Digest& after, std::size_t limit) {
  std::vector<Record> found;
  Cursor cursor(transaction, db, transaction.key());
  const Key start = transaction.key().add(after);
  if (!after.empty()) cursor.seek(start);
  if (cursor.valid() && !after.empty() && cursor.key() == start.view()) cursor.next();
  for (; cursor.valid() && found.size() < limit; cursor.next())
    if (!decode(cursor.body(), found.emplace_back()))
      return transaction.malformed(db, cursor.key());
  FRESHET_TRY(cursor.status());
  return found;
}

// Fails with excluded where the root is to stay out.
base::Status check_included(const Transaction& transaction, const Digest& root);

// Before anything is recorded of a root: fails with excluded where it is to stay out, and with busy
// unless `holder`, where there is one, still holds the lease; which is given back.
base::Status settle_lease(Transaction& transaction, const Digest& root, const std::string& uri,
                          const std::optional<Holder>& holder);

}  // namespace freshet::repository
