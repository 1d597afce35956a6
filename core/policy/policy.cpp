#include "core/policy/policy.hpp"

#include "core/base/json_memory.hpp"

namespace freshet::policy {
namespace {

class Always final : public Policy {
 public:
  base::Result<Decision> decide(const Known&, base::Instant now) const override {
    return Decision{true, "the policy is always", now};
  }
  nlohmann::json to_json() const override { return "always"; }
};

class NeverExisting final : public Policy {
 public:
  base::Result<Decision> decide(const Known& known, base::Instant now) const override {
    if (!known.exists) return Decision{true, "not known yet", now};
    return Decision{false, "known already", base::never};
  }
  nlohmann::json to_json() const override { return "never"; }
};

class Triggered final : public Policy {
 public:
  base::Result<Decision> decide(const Known& known, base::Instant now) const override {
    if (known.trigger == 0) return Decision{false, "no trigger is pending", base::never};
    if (known.trigger_reason.empty()) return Decision{true, "external trigger", now};
    return Decision{true, known.trigger_reason, now};
  }
  nlohmann::json to_json() const override { return "triggered"; }
  std::optional<base::Millis> list_every() const override { return std::nullopt; }
};

template <typename To, typename From>
BasicKnown<To> convert(const BasicKnown<From>& from) {
  return {To(from.uri),        from.exists,  from.ingested,
          from.checked,        from.changed, To(from.metadata),
          To(from.flags),      from.trigger, To(from.trigger_reason),
          from.listed_modified};
}

}  // namespace

OwnedKnown owned(const Known& known) { return convert<std::string>(known); }

Known view(const OwnedKnown& known) { return convert<std::string_view>(known); }

Known believable(Known known, base::Instant now) {
  for (base::Instant* at : {&known.ingested, &known.checked, &known.changed})
    if (*at > now) *at = base::unset;
  return known;
}

base::Result<bool> Policy::accept(const Known&, const model::Document&) const { return true; }

PolicyPtr always() {
  static const PolicyPtr policy = std::make_shared<Always>();
  return policy;
}

PolicyPtr triggered() {
  static const PolicyPtr policy = std::make_shared<Triggered>();
  return policy;
}

PolicyPtr never_existing() {
  static const PolicyPtr policy = std::make_shared<NeverExisting>();
  return policy;
}

}  // namespace freshet::policy
