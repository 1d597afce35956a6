// core/policy/policy.hpp - decides whether a root is to be refreshed, and when to ask again.
//
// A policy is a pure function of values: it reads no clock, disk or network and has no effect, so
// consuming a trigger or moving a timestamp is the caller's, in its commit. Policies are immutable:
// one may be shared by any number of threads. docs/policies.md says what each of them answers.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"

namespace freshet::model {
struct Document;
}

namespace freshet::policy {

// What the repository knows of a root before anything is read. Borrowed: good for one call.
struct Known {
  std::string_view uri;
  bool exists = false;                           // a document is stored
  base::Instant ingested, checked, changed;      // base::unset when never
  const nlohmann::json* metadata = nullptr;      // of the content; null when none or not asked for
  const nlohmann::json* flags = nullptr;         // set by people; null when none or not asked for
  bool triggered = false;                        // an external trigger is pending
  std::optional<base::Instant> listed_modified;  // what the listing says: a hint, never proof
};

// The same without times after `now`: a clock that was ahead left them, and they tell nothing.
Known believable(Known known, base::Instant now);

struct Decision {
  bool refresh = false;
  std::string_view reason;  // lives as long as the policy that gave it
  // Not to be refreshed: the first instant at which time alone may change the answer; base::never
  // when it cannot. To be refreshed: the `now` it was asked at, for it is due.
  base::Instant ask_again;
};

class Policy {
 public:
  virtual ~Policy() = default;

  // Before reading. Costs well under a microsecond and allocates nothing, for it is asked of every
  // root that is due.
  virtual Decision decide(const Known& known, base::Instant now) const = 0;

  // After reading and before anything is replaced: may `document` take the place of what is stored?
  virtual bool accept(const Known& known, const model::Document& document) const;

  // The form that parse_policy() takes.
  virtual nlohmann::json to_json() const = 0;

  // Whether decide() looks at Known::metadata or Known::flags; where it does not, the caller need
  // not load them.
  virtual bool needs_metadata() const { return false; }
  virtual bool needs_flags() const { return false; }
};

using PolicyPtr = std::shared_ptr<const Policy>;

// Refresh, whenever asked.
PolicyPtr always();

// Refresh what is not known yet, and then never again.
PolicyPtr never_existing();

// The timestamp that a TTL counts from.
enum class From {
  checked,   // when the source last confirmed the content: a 304 buys another TTL
  ingested,  // when the content was last stored
};

// Refresh what is not known yet, and what was confirmed `ttl` ago or longer. A ttl of zero or less
// is always(); a timestamp in the future, as a clock set back leaves it, is stale and never fresh.
PolicyPtr ttl(base::Millis ttl, From from = From::checked);

// "always", "never", {"ttl":"24h"} or {"ttl":"24h","from":"ingested"}. `path` names the value in
// errors. Fails with unsupported for a policy that this version does not have yet, and with
// invalid_argument for everything else that is wrong.
base::Result<PolicyPtr> parse_policy(const nlohmann::json& value, const std::string& path);

}  // namespace freshet::policy
