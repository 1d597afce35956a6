// core/sync/schedule.hpp - when a policy is asked about a root again, found in the commit that
// changes the root.
//
// A pure policy is asked in the commit, about the root as the change leaves it, so that nothing is
// overruled that was set meanwhile, such as a flag. One that runs an application's functions is
// asked before, about the root as it is expected to be. Where it turns out to be otherwise, the root
// is due at once, and the next run asks again.
#pragma once

#include "core/base/instant.hpp"
#include "core/policy/policy.hpp"
#include "core/repository/repository.hpp"

namespace freshet::sync {

// The longest that a root is left alone because its server asked for it.
inline constexpr base::Millis longest_hold{7LL * 24 * 3'600'000};

// By the policy's answer at `now`; where it fails, soon.
repository::Schedule schedule(const policy::PolicyPtr& policy, policy::OwnedKnown expected,
                              base::Instant now);

// The same where the policy was asked already, and said `answer`.
repository::Schedule schedule(const policy::PolicyPtr& policy, policy::OwnedKnown expected,
                              base::Instant now, base::Instant answer);

// What somebody wished of a root beside its policy, as the policy was told. The commit that answers it
// takes it away; what was wished later stays.
struct Wishes {
  base::Digest root;
  std::uint64_t trigger = 0;  // 0: none
  bool forced = false;        // by a flag

  bool any() const { return trigger != 0 || forced; }
};
// Not to be called in a commit: it may ask an application's functions.
Wishes wishes_of(const policy::Policy& policy, const policy::OwnedKnown& known);
base::Status spend(repository::Writer& writer, const Wishes& wishes);

// After a failure: the more there are in a row, the later.
repository::Schedule retry_schedule(const base::Error& error, base::Instant now);

}  // namespace freshet::sync
