// core/sync/leases.hpp - the leases one run holds: taken in groups, renewed while it works,
// given back by the commit of each root or, at the latest, when the run ends.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/repository/repository.hpp"

namespace freshet::sync {

enum class Claim {
  mine,     // go on
  in_work,  // this run has it in work already, under another entry
  done,     // asked for since this run began, or looked: by another run or under another entry
  busy,     // another run holds it
};

// What the lease on the delivery to a target is kept under.
base::Digest delivery_lease(repository::TargetNumber target);

// Thread-safe.
class Leases {
 public:
  // `every_second` is called about once a second by the task that renews.
  Leases(repository::Repository& repository, base::Instant run_started,
         std::function<void()> every_second);
  ~Leases();
  Leases(const Leases&) = delete;
  Leases& operator=(const Leases&) = delete;

  base::Status start();  // the task that renews

  // `seen`: when each was last asked for, as whoever found it due saw it; or none at all.
  base::Result<std::vector<Claim>> claim(std::span<const base::Digest> roots,
                                         std::span<const base::Instant> seen = {});
  const base::Digest& owner() const { return owner_; }
  // What a commit of `root` must still hold.
  repository::Holder holder(const base::Digest& root) const;
  // The commit gave it back, or lost it.
  void forget(const base::Digest& root) noexcept;
  // Gives it back without a commit.
  void release(const base::Digest& root) noexcept;

  // The lease on the delivery of this namespace to one target: one run delivers to it at a time.
  // False: another does.
  using TargetNumber = repository::TargetNumber;
  base::Result<bool> claim_delivery(TargetNumber target = repository::main_target);
  void release_delivery(TargetNumber target = repository::main_target) noexcept;
  // False once the lease's time is over by the monotonic clock, whatever the repository says: to be
  // asked before anything is sent, as this process may have been stopped meanwhile.
  bool delivers(TargetNumber target = repository::main_target) const;
  repository::Lease delivery(TargetNumber target = repository::main_target) const;
  // Inside write(): fails with busy where another run has taken the delivery over.
  base::Status require_delivery(repository::Writer& writer,
                                TargetNumber target = repository::main_target) const;

 private:
  struct Marks;
  void keep();
  base::Status renew();

  repository::Repository& repository_;
  const base::Instant run_started_;
  const base::Digest owner_;
  const std::function<void()> every_second_;
  mutable std::mutex mutex_;
  const std::unique_ptr<ports::Condition> wake_;
  std::unordered_map<base::Digest, std::uint64_t> held_;  // root to fence; 0: being claimed
  std::unordered_map<base::Digest, base::Millis> delivery_until_;  // by lease
  bool ending_ = false;
  const std::unique_ptr<ports::Task> keeper_;
};

}  // namespace freshet::sync
