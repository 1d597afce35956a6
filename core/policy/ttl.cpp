#include "core/base/json_memory.hpp"
#include "core/policy/due.hpp"

namespace freshet::policy {
namespace {

class Ttl final : public Policy {
 public:
  Ttl(base::Millis ttl, From from) : ttl_(ttl), from_(from) {}

  base::Result<Decision> decide(const Known& known, base::Instant now) const override {
    const Due due = due_by_ttl(known, now, ttl_, from_);
    if (due.at > now) return Decision{false, due.why, due.at};
    return Decision{true, due.why, now};
  }

  nlohmann::json to_json() const override {
    const base::Millis shown = ttl_.count() > 0 ? ttl_ : base::Millis(0);
    nlohmann::json json{{"ttl", base::format_duration(shown)}};
    if (from_ == From::ingested) json["from"] = "ingested";
    return json;
  }
  std::optional<base::Millis> list_every() const override { return ttl_; }

 private:
  base::Millis ttl_;
  From from_;
};

}  // namespace

Due due_by_ttl(const Known& known, base::Instant now, base::Millis ttl, From from) {
  if (!known.exists) return {now, "not known yet"};
  if (ttl.count() <= 0) return {now, "the TTL is zero"};
  const base::Instant basis = from == From::checked ? known.checked : known.ingested;
  if (basis == base::unset) return {now, "never checked"};
  if (basis > now) return {now, "the timestamp is in the future"};
  const base::Instant at = basis + ttl;
  return {at, at > now ? "within the TTL" : "older than the TTL"};
}

PolicyPtr ttl(base::Millis ttl, From from) { return std::make_shared<Ttl>(ttl, from); }

}  // namespace freshet::policy
