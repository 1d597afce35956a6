#include "core/base/json_memory.hpp"

#include "core/policy/policy.hpp"

namespace freshet::policy {
namespace {

class Ttl final : public Policy {
 public:
  Ttl(base::Millis ttl, From from) : ttl_(ttl), from_(from) {}

  base::Result<Decision> decide(const Known& known, base::Instant now) const override {
    if (!known.exists) return Decision{true, "not known yet", now};
    if (ttl_.count() <= 0) return Decision{true, "the TTL is zero", now};
    const base::Instant basis = from_ == From::checked ? known.checked : known.ingested;
    if (basis == base::unset) return Decision{true, "never checked", now};
    if (basis > now) return Decision{true, "the timestamp is in the future", now};
    // Stale at the TTL itself, not after it: else asking again at `due` would not settle anything.
    const base::Instant due = basis + ttl_;
    if (now >= due) return Decision{true, "older than the TTL", now};
    return Decision{false, "within the TTL", due};
  }

  nlohmann::json to_json() const override {
    const base::Millis shown = ttl_.count() > 0 ? ttl_ : base::Millis(0);
    nlohmann::json json{{"ttl", base::format_duration(shown)}};
    if (from_ == From::ingested) json["from"] = "ingested";
    return json;
  }
  base::Millis list_every() const override { return ttl_; }

 private:
  base::Millis ttl_;
  From from_;
};

}  // namespace

PolicyPtr ttl(base::Millis ttl, From from) { return std::make_shared<Ttl>(ttl, from); }

}  // namespace freshet::policy
