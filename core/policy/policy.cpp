#include "core/policy/policy.hpp"

#include "core/base/json_memory.hpp"

namespace freshet::policy {
namespace {

class Always final : public Policy {
 public:
  Decision decide(const Known&, base::Instant now) const override {
    return {true, "the policy is always", now};
  }
  nlohmann::json to_json() const override { return "always"; }
};

class NeverExisting final : public Policy {
 public:
  Decision decide(const Known& known, base::Instant now) const override {
    if (!known.exists) return {true, "not known yet", now};
    return {false, "known already", base::never};
  }
  nlohmann::json to_json() const override { return "never"; }
};

}  // namespace

Known believable(Known known, base::Instant now) {
  for (base::Instant* at : {&known.ingested, &known.checked, &known.changed})
    if (*at > now) *at = base::unset;
  return known;
}

bool Policy::accept(const Known&, const model::Document&) const { return true; }

PolicyPtr always() {
  static const PolicyPtr policy = std::make_shared<Always>();
  return policy;
}

PolicyPtr never_existing() {
  static const PolicyPtr policy = std::make_shared<NeverExisting>();
  return policy;
}

}  // namespace freshet::policy
