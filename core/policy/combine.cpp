// any and all. A yes carries `now` as its time to ask again, so the earliest of the members' times is
// right for any, and the latest for all.
#include <algorithm>

#include "core/policy/forms.hpp"

namespace freshet::policy {
namespace {

using base::Result;

class Members : public Policy {
 public:
  Members(const char* name, std::vector<PolicyPtr> members)
      : name_(name), members_(std::move(members)) {
    for (const PolicyPtr& each : members_) depth_ = std::max(depth_, 1 + each->depth());
  }

  nlohmann::json to_json() const override {
    base::Json list = base::Json::array();
    for (const PolicyPtr& each : members_) list.push_back(each->to_json());
    return {{name_, std::move(list)}};
  }
  bool is_pure() const override {
    return std::all_of(members_.begin(), members_.end(),
                       [](auto& each) { return each->is_pure(); });
  }
  bool is_forced(const Known& known) const override {
    return std::any_of(members_.begin(), members_.end(),
                       [&](auto& each) { return each->is_forced(known); });
  }
  const AdaptiveTerms* adaptive() const override {
    for (const PolicyPtr& each : members_)
      if (const AdaptiveTerms* terms = each->adaptive()) return terms;
    return nullptr;
  }
  std::size_t depth() const override { return depth_; }

 protected:
  const std::vector<PolicyPtr>& members() const { return members_; }

 private:
  const char* name_;
  const std::vector<PolicyPtr> members_;
  std::size_t depth_ = 1;
};

class Any final : public Members {
 public:
  explicit Any(std::vector<PolicyPtr> members) : Members("any", std::move(members)) {}

  Result<Decision> decide(const Known& known, base::Instant now) const override {
    Decision no{false, members().empty() ? "any of no policy" : "", base::never};
    std::optional<base::Error> failed;
    for (const PolicyPtr& each : members()) {
      Result<Decision> one = each->decide(known, now);
      if (!one) {
        failed = one.error();
      } else if (one->refresh) {
        return one;
      } else if (no.reason == "" || one->ask_again < no.ask_again) {
        no = *one;  // the reason of the member that is asked again first
      }
    }
    if (failed) return base::fail(*std::move(failed));
    return no;
  }

  Result<bool> accept(const Known& known, const model::Document& document) const override {
    std::optional<base::Error> failed;
    for (const PolicyPtr& each : members()) {
      Result<bool> one = each->accept(known, document);
      if (one && *one) return true;
      if (!one) failed = one.error();
    }
    if (failed) return base::fail(*std::move(failed));
    return false;
  }

  std::optional<base::Millis> list_every() const override {
    std::optional<base::Millis> least;
    for (const PolicyPtr& each : members())
      if (const auto one = each->list_every()) least = least ? std::min(*least, *one) : *one;
    return least;
  }
};

class All final : public Members {
 public:
  explicit All(std::vector<PolicyPtr> members) : Members("all", std::move(members)) {}

  Result<Decision> decide(const Known& known, base::Instant now) const override {
    Decision out{true, members().empty() ? "all of no policy" : "", now};
    for (const PolicyPtr& each : members()) {
      FRESHET_ASSIGN(const Decision one, each->decide(known, now));
      if (one.refresh ? out.reason == "" : out.refresh || one.ask_again > out.ask_again) out = one;
    }
    return out;
  }

  Result<bool> accept(const Known& known, const model::Document& document) const override {
    for (const PolicyPtr& each : members()) {
      FRESHET_ASSIGN(const bool one, each->accept(known, document));
      if (!one) return false;
    }
    return true;
  }

  std::optional<base::Millis> list_every() const override {
    std::optional<base::Millis> most;
    for (const PolicyPtr& each : members())
      if (const auto one = each->list_every()) most = most ? std::max(*most, *one) : *one;
    return most;
  }
};

Result<std::vector<PolicyPtr>> parse_members(const base::Json& value, const char* key,
                                             const std::string& path, const NamedPolicies& named) {
  std::vector<PolicyPtr> members;
  base::ObjectReader reader(value, path);
  reader.require(key);
  reader.with(key, [&](const base::Json& list, const std::string& at) {
    return parse_list(list, at,
                      [&](const base::Json& one, const std::string& where) -> base::Status {
                        FRESHET_ASSIGN(PolicyPtr policy, parse_policy(one, where, named));
                        members.push_back(std::move(policy));
                        return {};
                      });
  });
  FRESHET_TRY(reader.finish());
  return members;
}

}  // namespace

PolicyPtr any(std::vector<PolicyPtr> policies) {
  return std::make_shared<Any>(std::move(policies));
}
PolicyPtr all(std::vector<PolicyPtr> policies) {
  return std::make_shared<All>(std::move(policies));
}

Result<PolicyPtr> parse_any(const base::Json& value, const std::string& path,
                            const NamedPolicies& named) {
  FRESHET_ASSIGN(std::vector<PolicyPtr> members, parse_members(value, "any", path, named));
  return any(std::move(members));
}

Result<PolicyPtr> parse_all(const base::Json& value, const std::string& path,
                            const NamedPolicies& named) {
  FRESHET_ASSIGN(std::vector<PolicyPtr> members, parse_members(value, "all", path, named));
  return all(std::move(members));
}

}  // namespace freshet::policy
