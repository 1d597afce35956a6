// by_url: the policy of the first rule that the URI matches.
#include <re2/re2.h>

#include <algorithm>

#include <freshet/sdk/glob.hpp>

#include "core/policy/forms.hpp"

namespace freshet::policy {
namespace {

using base::Code;
using base::Json;
using base::Result;
using base::Status;

// One way to match, as it was written: {"glob": "…"} or {"glob": ["…", …]}, regex or contains alike.
struct Rule {
  Json written;                                          // without the policy
  std::vector<std::string> parts;                        // of contains
  std::vector<std::unique_ptr<const re2::RE2>> regexes;  // of glob and regex
  PolicyPtr policy;

  bool matches(std::string_view uri) const {
    const re2::StringPiece text(uri.data(), uri.size());
    return std::any_of(parts.begin(), parts.end(),
                       [&](auto& part) { return uri.find(part) != std::string_view::npos; }) ||
           std::any_of(regexes.begin(), regexes.end(),
                       [&](auto& regex) { return re2::RE2::PartialMatch(text, *regex); });
  }
};

class ByUrl final : public Policy {
 public:
  ByUrl(std::vector<Rule> rules, PolicyPtr otherwise)
      : rules_(std::move(rules)), otherwise_(std::move(otherwise)) {}

  Result<Decision> decide(const Known& known, base::Instant now) const override {
    return policy_for(known.uri).decide(known, now);
  }
  Result<bool> accept(const Known& known, const model::Document& document) const override {
    return policy_for(known.uri).accept(known, document);
  }
  Json to_json() const override {
    Json rules = Json::array();
    for (const Rule& rule : rules_) {
      rules.push_back(rule.written);
      rules.back()["policy"] = rule.policy->to_json();
    }
    return {{"by_url", std::move(rules)}, {"default", otherwise_->to_json()}};
  }
  bool is_pure() const override {
    return each([](const Policy& policy) { return policy.is_pure(); });
  }
  bool is_forced(const Known& known) const override {
    return policy_for(known.uri).is_forced(known);
  }
  std::optional<base::Millis> list_every() const override {
    std::optional<base::Millis> least;
    each([&](const Policy& policy) {
      if (const auto one = policy.list_every()) least = least ? std::min(*least, *one) : *one;
      return true;
    });
    return least;
  }
  const AdaptiveTerms* adaptive() const override {
    const AdaptiveTerms* terms = nullptr;
    each([&](const Policy& policy) {
      terms = policy.adaptive();
      return terms == nullptr;
    });
    return terms;
  }
  std::size_t depth() const override {
    std::size_t most = 0;
    each([&](const Policy& policy) {
      most = std::max(most, policy.depth());
      return true;
    });
    return 1 + most;
  }

 private:
  const Policy& policy_for(std::string_view uri) const {
    const auto found = std::find_if(rules_.begin(), rules_.end(),
                                    [&](const Rule& rule) { return rule.matches(uri); });
    return found == rules_.end() ? *otherwise_ : *found->policy;
  }
  // Whether `holds` is true of all of them.
  template <typename Holds>
  bool each(Holds&& holds) const {
    return std::all_of(rules_.begin(), rules_.end(),
                       [&](const Rule& rule) { return holds(*rule.policy); }) &&
           holds(*otherwise_);
  }

  const std::vector<Rule> rules_;
  const PolicyPtr otherwise_;
};

Status add_regex(const std::string& pattern, const std::string& path, Rule& rule) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_unique<const re2::RE2>(pattern, options);
  if (!regex->ok())
    return base::fail(Code::invalid_argument, "not a regular expression of RE2: " + regex->error(),
                      path);
  rule.regexes.push_back(std::move(regex));
  return {};
}

Status add_pattern(std::string_view kind, const Json& value, const std::string& path, Rule& rule) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty())
    return base::fail(Code::invalid_argument, "expected a text, or a list of texts", path);
  const std::string& pattern = value.get_ref<const std::string&>();
  if (kind == "regex") return add_regex(pattern, path, rule);
  if (kind == "glob") return add_regex("^" + sdk::glob_to_regex(pattern) + "$", path, rule);
  rule.parts.push_back(pattern);
  return {};
}

Result<Rule> parse_rule(const Json& value, const std::string& path, const NamedPolicies& named) {
  Rule rule;
  rule.written = Json::object();
  base::ObjectReader reader(value, path);
  for (const char* kind : {"glob", "regex", "contains"})
    reader.with(kind, [&](const Json& patterns, const std::string& at) -> Status {
      rule.written[kind] = patterns;
      if (!patterns.is_array()) return add_pattern(kind, patterns, at, rule);
      return parse_list(patterns, at, [&](const Json& one, const std::string& where) {
        return add_pattern(kind, one, where, rule);
      });
    });
  reader.require("policy");
  reader.with("policy", [&](const Json& policy, const std::string& at) -> Status {
    FRESHET_ASSIGN(rule.policy, parse_policy(policy, at, named));
    return {};
  });
  FRESHET_TRY(reader.finish());
  if (rule.written.size() == 1) return rule;
  return base::fail(Code::invalid_argument,
                    R"(a rule has one of "glob", "regex" and "contains" beside its "policy")",
                    path);
}

}  // namespace

Result<PolicyPtr> parse_by_url(const Json& value, const std::string& path,
                               const NamedPolicies& named) {
  std::vector<Rule> rules;
  PolicyPtr otherwise = never_existing();
  base::ObjectReader reader(value, path);
  reader.require("by_url");
  reader.with("by_url", [&](const Json& list, const std::string& at) {
    return parse_list(list, at, [&](const Json& one, const std::string& where) -> Status {
      FRESHET_ASSIGN(Rule rule, parse_rule(one, where, named));
      rules.push_back(std::move(rule));
      return {};
    });
  });
  reader.with("default", [&](const Json& policy, const std::string& at) -> Status {
    FRESHET_ASSIGN(otherwise, parse_policy(policy, at, named));
    return {};
  });
  FRESHET_TRY(reader.finish());
  return std::make_shared<ByUrl>(std::move(rules), std::move(otherwise));
}

}  // namespace freshet::policy
