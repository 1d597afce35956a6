// Roots as policies are asked about them.
#pragma once

#include <chrono>

#include "core/base/json.hpp"
#include "core/policy/policy.hpp"
#include "tests/support/catch.hpp"

namespace freshet::policy::test {

constexpr base::Instant now{1'800'000'000'000};  // 2027-01-15T08:00:00Z, a Friday

inline Known missing() {
  Known known;
  known.uri = "https://example.org/page";
  return known;
}

// A root read `age` ago and not looked at since.
inline Known read(base::Millis age, base::Instant at = now) {
  Known known = missing();
  known.exists = true;
  known.ingested = known.checked = known.changed = at + -age;
  return known;
}

inline PolicyPtr parsed(const std::string& text, const NamedPolicies& named = {}) {
  auto result = parse_policy(base::Json::parse(text), "policy", named);
  INFO(text);
  if (!result) FAIL(result.error().message);
  return *result;
}

inline base::Error refused(const std::string& text) {
  INFO(text);
  auto result = parse_policy(base::Json::parse(text), "sources[0].policy");
  REQUIRE_FALSE(result);
  return result.error();
}

inline bool refreshes(const PolicyPtr& policy, const Known& known, base::Instant at = now) {
  return policy->decide(known, at)->refresh;
}

// Fails, and accepts nothing.
class Failing final : public Policy {
 public:
  base::Result<Decision> decide(const Known&, base::Instant) const override {
    return base::fail(base::Code::policy_failed, "it failed");
  }
  base::Result<bool> accept(const Known&, const model::Document&) const override { return false; }
  base::Json to_json() const override { return {{"custom", true}}; }
  bool is_pure() const override { return false; }
};

}  // namespace freshet::policy::test
