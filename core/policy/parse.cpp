#include <fmt/format.h>

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/policy/forms.hpp"

namespace freshet::policy {
namespace {

using base::Code;
using base::Json;
using base::Result;

struct Form {
  std::string_view name;
  base::Result<PolicyPtr> (*parse)(const Json&, const std::string& path, const NamedPolicies&);
  std::string_view bare;  // what to write where the name stands alone; empty: that is enough
};
constexpr Form forms[] = {
    {"ttl", parse_ttl, R"(a TTL needs its duration: write {"ttl":"24h"})"},
    {"adaptive", parse_adaptive,
     R"(adaptive needs its budget: write {"adaptive":{"budget":"1000/d","max_staleness":"30d"}})"},
    {"by_url", parse_by_url,
     R"(by_url needs its rules: write {"by_url":[{"glob":"**/news/**","policy":"always"}]})"},
    {"business_hours", parse_business_hours,
     R"(business_hours needs its hours: write {"business_hours":{"ttl":"8h","from":"09:00","to":"17:00"}})"},
    {"when", parse_when, R"(when needs its conditions: write {"when":[{"older_than":"24h"}]})"},
    {"metadata", parse_metadata, ""},
    {"any", parse_any, R"(any needs its policies: write {"any":[…]})"},
    {"all", parse_all, R"(all needs its policies: write {"all":[…]})"},
    {"custom", parse_custom, R"(a custom policy needs its name: write {"custom":"name"})"}};

const Form* form_of(std::string_view name) {
  const auto found = std::find_if(std::begin(forms), std::end(forms),
                                  [&](const Form& form) { return form.name == name; });
  return found == std::end(forms) ? nullptr : found;
}

constexpr std::string_view simplest = R"(write "always", "never" or {"ttl":"24h"})";

tl::unexpected<base::Error> unknown(std::string_view name, const std::string& path) {
  std::vector<std::string> known{"always", "never", "triggered"};
  for (const Form& form : forms) known.emplace_back(form.name);
  const std::string near = base::nearest(name, known);
  return base::fail(
      Code::invalid_argument,
      fmt::format("{} is not a policy; {}", base::in_quotes(name),
                  near.empty() ? std::string(simplest) : fmt::format("did you mean \"{}\"?", near)),
      path);
}

Result<PolicyPtr> parse_name(const std::string& name, const std::string& path,
                             const NamedPolicies& named) {
  if (name == "always") return always();
  if (name == "never") return never_existing();
  if (name == "triggered") return triggered();
  if (const Form* form = form_of(name)) {
    if (form->bare.empty()) return form->parse({{name, Json::object()}}, path, named);
    return base::fail(Code::invalid_argument, std::string(form->bare), path);
  }
  if (base::parse_duration(name))
    return base::fail(
        Code::invalid_argument,
        fmt::format("a duration alone is not a policy: write {{\"ttl\":\"{}\"}}", name), path);
  return unknown(name, path);
}

// One of the application's, by its name; asked as it would be itself.
class Named final : public Policy {
 public:
  Named(std::string name, PolicyPtr policy) : name_(std::move(name)), policy_(std::move(policy)) {}

  Result<Decision> decide(const Known& known, base::Instant now) const override {
    return policy_->decide(known, now);
  }
  Result<bool> accept(const Known& known, const model::Document& document) const override {
    return policy_->accept(known, document);
  }
  Json to_json() const override { return {{"custom", name_}}; }
  bool is_pure() const override { return policy_->is_pure(); }
  bool is_forced(const Known& known) const override { return policy_->is_forced(known); }
  std::optional<base::Millis> list_every() const override { return policy_->list_every(); }
  const AdaptiveTerms* adaptive() const override { return policy_->adaptive(); }
  std::size_t depth() const override { return 1 + policy_->depth(); }

 private:
  const std::string name_;
  const PolicyPtr policy_;
};

std::string names_of(const NamedPolicies& named) {
  std::string names;
  for (const auto& each : named) names += (names.empty() ? "" : ", ") + base::in_quotes(each.first);
  return names;
}

// Names may stand for policies that nest themselves.
Result<PolicyPtr> check_depth(PolicyPtr policy, const std::string& path) {
  if (policy->depth() <= most_nested) return policy;
  return base::fail(Code::invalid_argument,
                    fmt::format("more than {} policies lie one inside another", most_nested), path);
}

Result<PolicyPtr> parse_object(const Json& object, const std::string& path,
                               const NamedPolicies& named) {
  if (object.empty())
    return base::fail(Code::invalid_argument, fmt::format("names no policy; {}", simplest), path);
  for (const Form& form : forms)
    if (object.contains(form.name)) return form.parse(object, path, named);
  const std::string& name = object.begin().key();
  if (name == "always" || name == "never" || name == "triggered")
    return base::fail(Code::invalid_argument,
                      fmt::format("\"{0}\" has no options: write \"{0}\" alone", name), path);
  if (name == "from")
    return base::fail(Code::invalid_argument, R"(is missing; "from" belongs to a TTL)",
                      base::join_path(path, "ttl"));
  return unknown(name, base::join_path(path, base::printable(name)));
}

}  // namespace

Result<PolicyPtr> parse_ttl(const Json& value, const std::string& path, const NamedPolicies&) {
  base::Millis duration{0};
  From from = From::checked;
  base::ObjectReader reader(value, path);
  reader.require("ttl");
  reader.duration("ttl", duration);
  reader.with("from",
              [&](const Json& of, const std::string& at) { return parse_from(of, at, from); });
  FRESHET_TRY(reader.finish());
  return ttl(duration, from);
}

base::Status parse_from(const Json& value, const std::string& path, From& out) {
  for (const From each : {From::checked, From::ingested})
    if (base::is_text(value, name_of(each))) {
      out = each;
      return {};
    }
  return base::fail(
      Code::invalid_argument,
      fmt::format(R"({} is not a timestamp to count from: write "checked" or "ingested")",
                  base::dump_json(value)),
      path);
}

const char* name_of(From from) { return from == From::checked ? "checked" : "ingested"; }

base::Status parse_list(
    const Json& list, const std::string& path,
    const std::function<base::Status(const Json&, const std::string& path)>& read) {
  if (!list.is_array()) return base::fail(Code::invalid_argument, "expected a list", path);
  for (std::size_t i = 0; i < list.size(); ++i)
    FRESHET_TRY(read(list[i], fmt::format("{}[{}]", path, i)));
  return {};
}

Result<PolicyPtr> parse_custom(const Json& object, const std::string& path,
                               const NamedPolicies& named) {
  std::string name;
  base::ObjectReader reader(object, path);
  reader.require("custom");
  reader.text("custom", name);
  FRESHET_TRY(reader.finish());
  if (const auto found = named.find(name); found != named.end())
    return std::make_shared<Named>(name, found->second);
  return base::fail(Code::invalid_argument,
                    named.empty() ? fmt::format("no policy is named {}: none was given with a name",
                                                base::in_quotes(name))
                                  : fmt::format("no policy is named {}; there is {}",
                                                base::in_quotes(name), names_of(named)),
                    base::join_path(path, "custom"));
}

Result<PolicyPtr> parse_policy(const Json& value, const std::string& path,
                               const NamedPolicies& named) {
  if (value.is_string()) return parse_name(value.get_ref<const std::string&>(), path, named);
  if (value.is_object()) {
    FRESHET_ASSIGN(PolicyPtr policy, parse_object(value, path, named));
    return check_depth(std::move(policy), path);
  }
  return base::fail(Code::invalid_argument,
                    fmt::format("{} is not a policy; {}", value.type_name(), simplest), path);
}

}  // namespace freshet::policy
