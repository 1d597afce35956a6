// core/policy/due.hpp - when a TTL runs out.
#pragma once

#include "core/policy/policy.hpp"

namespace freshet::policy {

struct Due {
  base::Instant at;  // now or earlier: stale
  const char* why;   // it is due, or not yet
};

// What the policies that count from a timestamp have in common: what is not known, was never
// checked, or bears a time in the future is due. Stale at the TTL itself, not after it: else asking
// again then would not settle anything.
Due due_by_ttl(const Known& known, base::Instant now, base::Millis ttl, From from);

}  // namespace freshet::policy
