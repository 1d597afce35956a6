// core/repository/in_flight.cpp - what is in flight to the store.
//
// It is noted so that a process may end, or be stopped and go on, between any two writes to the
// store: whoever delivers next finds here what the store may not have got, or may have got late.
#include <algorithm>

#include "core/repository/deliveries.hpp"
#include "core/repository/gone_owners.hpp"
#include "core/repository/process.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/targets.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

// Where nobody can tell whether a holder has ended (it ran in a container, say), a day past its
// lease is taken for it.
constexpr base::Millis given_up{24 * 3'600'000};

bool has_ended(const Transaction& transaction, const LeaseRow& holder) {
  const Process self = this_process();
  if (is_dead({holder.boot, holder.pid_namespace, holder.pid, holder.started}, self)) return true;
  const base::Millis left = time_left(holder, self, transaction.clock());
  return left <= -given_up || left > longest_lease;
}

// What runs that have ended left in flight; or what others have.
Result<std::vector<InFlight>> noted(const Transaction& transaction, TargetNumber target,
                                    bool ended) {
  std::vector<InFlight> all;
  Cursor cursor(transaction, Db::targets, transaction.key().add(target));
  for (; cursor.valid(); cursor.next()) {
    if (cursor.key().size() != InFlightKey::size) continue;
    InFlight sent;
    if (!decode(cursor.body(), sent)) return transaction.malformed(Db::targets, cursor.key());
    if (has_ended(transaction, sent.holder) == ended) all.push_back(std::move(sent));
  }
  FRESHET_TRY(cursor.status());
  return all;
}

}  // namespace

Status WritesDeliveries::put_in_flight(const Lease& lease, std::span<const Digest> chunks,
                                       TargetNumber target) {
  FRESHET_ASSIGN(auto holder,
                 transaction_.record<LeaseRow>(Db::leases, transaction_.key().add(lease.root)));
  if (!holder || holder->fence != lease.fence)
    return base::fail(base::Code::busy, "the lease was lost to another run", lease.root.hex());
  Encoder value;
  encode(value, InFlight{*std::move(holder), {chunks.begin(), chunks.end()}});
  return transaction_.put(Db::targets, transaction_.key<InFlightKey>(target, lease.fence), value);
}

Status WritesDeliveries::drop_in_flight(std::uint64_t fence, TargetNumber target) {
  FRESHET_TRY(transaction_.remove(Db::targets, transaction_.key<InFlightKey>(target, fence)));
  return {};
}

Status WritesDeliveries::send_again(std::span<const Digest> chunks, TargetNumber target) {
  for (const Digest& chunk : chunks) {
    FRESHET_ASSIGN(const bool exists, transaction_.has(Db::chunks, transaction_.key().add(chunk)));
    FRESHET_TRY(enqueue(transaction_, target, chunk, !exists));
  }
  return {};
}

Status WritesDeliveries::recover_stranded(TargetNumber target) {
  FRESHET_ASSIGN(const auto left, noted(transaction_, target, true));
  for (const InFlight& sent : left) {
    FRESHET_TRY(sent.chunks.empty() ? enqueue_all(target) : send_again(sent.chunks, target));
    FRESHET_TRY(drop_in_flight(sent.holder.fence, target));
  }
  return {};
}

Result<bool> ReadsDeliveries::has_stranded(TargetNumber target) const {
  FRESHET_ASSIGN(const auto left, noted(transaction_, target, true));
  return !left.empty();
}

Result<bool> ReadsDeliveries::is_in_flight(TargetNumber target) const {
  FRESHET_ASSIGN(const auto sent, noted(transaction_, target, false));
  return !std::all_of(sent.begin(), sent.end(),
                      [](const InFlight& each) { return is_gone(each.holder.owner); });
}

}  // namespace freshet::repository
