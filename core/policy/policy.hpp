// core/policy/policy.hpp - decides whether a root is to be refreshed, and when to ask again.
//
// A policy is a function of values: it reads no clock, disk or network and has no effect, so
// consuming a trigger or moving a timestamp is the caller's, in its commit. (A custom one does what
// the application's functions do.) Policies are immutable: one may be shared by any number of
// threads. docs/policies.md says what each of them answers.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"
#include "core/policy/reason.hpp"

namespace freshet::model {
struct Document;
}

namespace freshet::policy {

// What the repository knows of a root, as of one moment. `Text` is std::string_view (borrowed: good
// for one call) or std::string.
template <typename Text>
struct BasicKnown {
  Text uri;
  bool exists = false;                           // a document is stored
  base::Instant ingested, checked, changed;      // base::unset when never
  Text metadata;                                 // JSON object, of the content; empty: none
  Text flags;                                    // JSON object, set by people; empty: none
  std::uint64_t trigger = 0;                     // of a refresh asked for from outside; 0: none
  Text trigger_reason;                           // why, for people
  std::optional<base::Instant> listed_modified;  // what the listing says: a hint, never proof
  float chance = 0;      // that it has changed since, as an adaptive policy learnt
  bool granted = false;  // a request, of what an adaptive policy has saved

  friend bool operator==(const BasicKnown&, const BasicKnown&) = default;
};
using Known = BasicKnown<std::string_view>;
using OwnedKnown = BasicKnown<std::string>;

OwnedKnown owned(const Known& known);
Known view(const OwnedKnown& known);

// The same without times after `now`: a clock that was ahead left them, and they tell nothing.
Known believable(Known known, base::Instant now);

struct Decision {
  bool refresh = false;
  Reason reason;
  // Not to be refreshed: the first instant at which time alone may change the answer; base::never
  // when it cannot. To be refreshed: the `now` it was asked at, for it is due.
  base::Instant ask_again;
};

// What an adaptive policy may spend, and on what terms.
struct AdaptiveTerms {
  double a_day = 0;                          // requests; 0: as many as the TTL would need
  base::Millis ttl{0};                       // instead: as a TTL of this would cost
  base::Millis max_staleness{0};             // no page is left alone for longer
  base::Millis min_interval{6 * 3'600'000};  // nor asked for sooner
  std::string budget_of{};  // a name that sources share; empty: each has a budget of its own

  double requests_a_day(std::size_t pages) const;
};

class Policy {
 public:
  virtual ~Policy() = default;

  // Before reading. Costs well under a microsecond and allocates nothing, for it is asked of every
  // root that is due. Only a policy that runs an application's functions fails, with policy_failed:
  // a no that is asked again soon.
  virtual base::Result<Decision> decide(const Known& known, base::Instant now) const = 0;

  // After reading and before anything is stored: may `document` take the place of what is stored,
  // or come in where nothing is? Fails as decide() does.
  virtual base::Result<bool> accept(const Known& known, const model::Document& document) const;

  // The form that parse_policy() takes.
  virtual nlohmann::json to_json() const = 0;

  // False where it runs an application's functions. They may write, and wait for what is written,
  // so they are not asked inside a commit.
  virtual bool is_pure() const { return true; }

  // Whether the flag force_refresh of this root says yes to it. The commit of the refresh takes the
  // flag away.
  virtual bool is_forced(const Known&) const { return false; }

  // How long the listing of a source with this policy stands where the source does not say: as long
  // as its roots do by time alone. Zero: every run lists. Nothing: time alone does not move it.
  virtual std::optional<base::Millis> list_every() const { return base::Millis(0); }

  // Those of the adaptive policy that it is or has inside; null: of none. Where it has several, of the first:
  // a source has one purse.
  virtual const AdaptiveTerms* adaptive() const { return nullptr; }

  // How many policies lie one inside another, itself counted.
  virtual std::size_t depth() const { return 1; }
};

// Policies of policies are asked one inside another, on whatever stack the caller has.
inline constexpr std::size_t most_nested = 64;

using PolicyPtr = std::shared_ptr<const Policy>;

// Refresh, whenever asked.
PolicyPtr always();

// Refresh what is not known yet, and then never again.
PolicyPtr never_existing();

// Refresh while a trigger is pending, with its reason.
PolicyPtr triggered();

// The timestamp that a TTL counts from.
enum class From {
  checked,   // when the source last confirmed the content: a 304 buys another TTL
  ingested,  // when the content was last stored
};

// Refresh what is not known yet, and what was confirmed `ttl` ago or longer. A ttl of zero or less
// is always(); a timestamp in the future, as a clock set back leaves it, is stale and never fresh.
PolicyPtr ttl(base::Millis ttl, From from = From::checked);

// Refresh what is not known yet, what `terms` allow to be left alone no longer, and what was granted a request.
// `path` names the terms in errors.
base::Result<PolicyPtr> adaptive(const AdaptiveTerms& terms, const std::string& path);

// Policies that an application made, by the names that JSON may call them.
using NamedPolicies = std::map<std::string, PolicyPtr, std::less<>>;

// Yes if one says yes, with that one's reason; of none, no. A member that fails is overruled by one
// that says yes.
PolicyPtr any(std::vector<PolicyPtr> policies);

// Yes if all say yes; of none, yes.
PolicyPtr all(std::vector<PolicyPtr> policies);

// The JSON form of every policy is in docs/policies.md. `named` are those that {"custom":"name"} may
// mean. `path` names the value in errors.
base::Result<PolicyPtr> parse_policy(const nlohmann::json& value, const std::string& path,
                                     const NamedPolicies& named = {});

}  // namespace freshet::policy
