// core/repository/writer_leases.cpp - leases: one refresher a root, over threads and processes.
//
// A lease saves work that would be done twice; what keeps a late holder from doing harm is its
// fence, which every commit compares with the lease as it stands (settle_lease).
#include <algorithm>

#include "core/repository/gone_owners.hpp"
#include "core/repository/leases.hpp"
#include "core/repository/move.hpp"
#include "core/repository/namespaces.hpp"
#include "core/repository/process.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Code;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view fence_key = "fence";

Process holder_of(const LeaseRow& lease) {
  return {lease.boot, lease.pid_namespace, lease.pid, lease.started};
}

class Leases {
 public:
  explicit Leases(Transaction& transaction) : transaction_(transaction), self_(this_process()) {}

  Result<std::optional<LeaseRow>> load(const Digest& root) const {
    return transaction_.record<LeaseRow>(Db::leases, transaction_.key().add(root));
  }

  base::Millis left(const LeaseRow& lease) const {
    return time_left(lease, self_, transaction_.clock());
  }

  bool is_free(const LeaseRow& lease) {
    const base::Millis left = time_left(lease, self_, transaction_.clock());
    if (left <= base::Millis(0) || left > longest_lease || is_gone(lease.owner)) return true;
    // Most leases in the way are of one process: it is looked at once.
    if (!judged_ || judged_->pid != lease.pid || judged_->started != lease.started ||
        judged_->boot != lease.boot) {
      judged_ = holder_of(lease);
      judged_dead_ = is_dead(*judged_, self_);
    }
    return judged_dead_;
  }

  Status store(const Digest& root, const Digest& owner, std::uint64_t fence,
               base::Millis duration) {
    duration = std::min(duration, longest_lease);
    LeaseRow row;
    row.owner = owner;
    row.fence = fence;
    row.wall_expiry = (transaction_.clock().now() + duration).ms;
    row.boot_expiry = (base::Instant{transaction_.clock().monotonic().count()} + duration).ms;
    row.boot = self_.boot;
    row.pid_namespace = self_.pid_namespace;
    row.pid = self_.pid;
    row.started = self_.started;
    Encoder value;
    encode(value, row);
    return transaction_.put(Db::leases, transaction_.key().add(root), value);
  }

 private:
  Transaction& transaction_;
  const Process self_;
  std::optional<Process> judged_;
  bool judged_dead_ = false;
};

// The next `count` fences; they rise for ever, over all namespaces.
Result<std::uint64_t> take_fences(Transaction& transaction, std::uint64_t count) {
  FRESHET_ASSIGN(const auto given, transaction.record<std::uint64_t>(Db::meta, fence_key));
  const std::uint64_t last = given.value_or(0);
  Encoder value;
  value.number(last + count);
  FRESHET_TRY(transaction.put(Db::meta, fence_key, value));
  return last + 1;
}

// Also where it failed: it has a time to be asked for again, and its "not found" is counted.
Result<bool> done_by_other(const Transaction& transaction, const Digest& root, Instant unless_asked,
                           const Instant* seen) {
  if (unless_asked == base::unset && seen == nullptr) return false;
  FRESHET_ASSIGN(auto view, transaction.record<RootView>(Db::roots, transaction.key().add(root)));
  if (!view) return false;
  FRESHET_TRY(add_confirmed(transaction, *view));
  const Instant asked = view->failures > 0 ? view->failed : view->checked;
  // A time in the future is of a clock that was ahead: it was not done just now.
  if (asked > transaction.clock().now()) return false;
  return (unless_asked != base::unset && asked >= unless_asked) ||
         (seen != nullptr && asked != *seen);
}

}  // namespace

Result<std::optional<HeldLease>> ReadsLeases::lease(const Digest& root) const {
  Leases leases(transaction_);
  FRESHET_ASSIGN(const auto row, leases.load(root));
  if (!row || leases.is_free(*row)) return std::nullopt;
  return HeldLease{row->fence, row->pid, leases.left(*row)};
}

Result<std::vector<WritesLeases::Grant>> WritesLeases::lease(std::span<const Digest> roots,
                                                             const Digest& owner,
                                                             base::Millis duration,
                                                             Instant unless_asked,
                                                             std::span<const Instant> seen) {
  Leases leases(transaction_);
  std::vector<Grant> grants(roots.size());
  std::vector<std::size_t> granted;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    FRESHET_ASSIGN(grants[i].done_by_other, done_by_other(transaction_, roots[i], unless_asked,
                                                          i < seen.size() ? &seen[i] : nullptr));
    if (grants[i].done_by_other) continue;
    FRESHET_ASSIGN(const auto lease, leases.load(roots[i]));
    if (!lease || lease->owner == owner || leases.is_free(*lease)) granted.push_back(i);
  }
  if (granted.empty()) return grants;
  FRESHET_ASSIGN(std::uint64_t fence, take_fences(transaction_, granted.size()));
  for (const std::size_t i : granted) {
    grants[i].fence = fence++;
    FRESHET_TRY(leases.store(roots[i], owner, grants[i].fence, duration));
  }
  return grants;
}

Status WritesLeases::renew(std::span<const Lease> leases, const Digest& owner,
                           base::Millis duration) {
  Leases rows(transaction_);
  Status status;  // the others are renewed even where one was lost
  for (const Lease& lease : leases) {
    FRESHET_ASSIGN(const auto row, rows.load(lease.root));
    if (row && row->owner == owner && row->fence == lease.fence)
      FRESHET_TRY(rows.store(lease.root, owner, lease.fence, duration));
    else
      status = base::fail(Code::busy, "the lease was lost to another run", lease.root.hex());
  }
  return status;
}

Status WritesLeases::release(std::span<const Lease> leases, const Digest& owner) {
  Leases rows(transaction_);
  for (const Lease& lease : leases) {
    FRESHET_ASSIGN(const auto row, rows.load(lease.root));
    if (row && row->owner == owner && row->fence == lease.fence)
      FRESHET_TRY(transaction_.remove(Db::leases, transaction_.key().add(lease.root)));
  }
  return {};
}

Status WritesLeases::require(const Lease& lease, const Digest& owner) {
  return require_lease(transaction_, lease, owner, lease.root.hex());
}

// Its place is looked at in the commit that marks the namespace: nobody gets a lease after that.
Status WritesNameSpace::begin_drop(const Digest& owner) {
  Leases rows(transaction_);
  Cursor cursor(transaction_, Db::leases, transaction_.key());
  for (; cursor.valid(); cursor.next()) {
    LeaseRow lease;
    if (!decode(cursor.body(), lease)) return transaction_.malformed(Db::leases, cursor.key());
    if (lease.owner != owner && !rows.is_free(lease))
      return base::fail(Code::busy, "another run works on it", "namespace " + transaction_.name());
  }
  FRESHET_TRY(cursor.status());
  Encoder value;
  encode(value, SpaceRow{transaction_.space(), true});
  return transaction_.put(Db::spaces, transaction_.name(), value);
}

Status WritesMove::require_idle() {
  Leases rows(transaction_);
  Cursor cursor(transaction_, Db::leases, {});
  for (; cursor.valid(); cursor.next()) {
    LeaseRow lease;
    if (!decode(cursor.body(), lease)) return transaction_.malformed(Db::leases, cursor.key());
    if (!rows.is_free(lease))
      return base::fail(Code::busy, "a run works on it: wait for its end, or stop it",
                        transaction_.environment().directory());
  }
  return cursor.status();
}

Status WritesLeases::raise_fence(std::uint64_t fence) {
  FRESHET_ASSIGN(const std::uint64_t next, take_fences(transaction_, 1));
  if (next >= fence) return {};
  Encoder value;
  value.number(fence);
  return transaction_.put(Db::meta, fence_key, value);
}

}  // namespace freshet::repository
