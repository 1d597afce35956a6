#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/policy/policy.hpp"

namespace freshet::policy {
namespace {

using base::Code;
using base::Json;
using base::Result;

constexpr std::array<std::string_view, 7> later{
    "by_url", "business_hours", "when", "metadata", "triggered", "any", "all"};

bool is_later(std::string_view name) {
  return std::find(later.begin(), later.end(), name) != later.end();
}

constexpr std::string_view forms = R"(write "always", "never", {"ttl":"24h"} or {"custom":"name"})";

tl::unexpected<base::Error> not_yet(std::string_view name, const std::string& path) {
  return base::fail(Code::unsupported,
                    fmt::format("policy \"{}\" is not supported by this version", name), path);
}

tl::unexpected<base::Error> unknown(std::string_view name, const std::string& path) {
  std::vector<std::string> known{"always", "never", "ttl", "custom"};
  known.insert(known.end(), later.begin(), later.end());
  const std::string near = base::nearest(name, known);
  return base::fail(
      Code::invalid_argument,
      fmt::format("{} is not a policy; {}", base::in_quotes(name),
                  near.empty() ? std::string(forms) : fmt::format("did you mean \"{}\"?", near)),
      path);
}

Result<PolicyPtr> parse_name(const std::string& name, const std::string& path) {
  if (name == "always") return always();
  if (name == "never") return never_existing();
  if (is_later(name)) return not_yet(name, path);
  if (name == "custom")
    return base::fail(Code::invalid_argument,
                      R"(a custom policy needs its name: write {"custom":"name"})", path);
  if (name == "ttl")
    return base::fail(Code::invalid_argument, R"(a TTL needs its duration: write {"ttl":"24h"})",
                      path);
  if (base::parse_duration(name))
    return base::fail(
        Code::invalid_argument,
        fmt::format("a duration alone is not a policy: write {{\"ttl\":\"{}\"}}", name), path);
  return unknown(name, path);
}

base::Status parse_from(const Json& value, const std::string& path, From& out) {
  if (base::is_text(value, "checked")) {
    out = From::checked;
  } else if (base::is_text(value, "ingested")) {
    out = From::ingested;
  } else {
    return base::fail(
        Code::invalid_argument,
        fmt::format(R"({} is not a timestamp to count from: write "checked" or "ingested")",
                    base::dump_json(value)),
        path);
  }
  return {};
}

Result<PolicyPtr> parse_ttl(const Json& object, const std::string& path) {
  base::Millis duration{0};
  From from = From::checked;
  base::ObjectReader reader(object, path);
  reader.require("ttl");
  reader.duration("ttl", duration);
  reader.with("from", [&](const Json& value, const std::string& at) {
    return parse_from(value, at, from);
  });
  FRESHET_TRY(reader.finish());
  return ttl(duration, from);
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
  base::Millis list_every() const override { return policy_->list_every(); }

 private:
  const std::string name_;
  const PolicyPtr policy_;
};

std::string names_of(const NamedPolicies& named) {
  std::string names;
  for (const auto& each : named) names += (names.empty() ? "" : ", ") + base::in_quotes(each.first);
  return names;
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

Result<PolicyPtr> parse_object(const Json& object, const std::string& path,
                               const NamedPolicies& named) {
  if (object.empty())
    return base::fail(Code::invalid_argument, fmt::format("names no policy; {}", forms), path);
  for (const auto& member : object.items())
    if (is_later(member.key())) return not_yet(member.key(), path);
  if (object.contains("ttl")) return parse_ttl(object, path);
  if (object.contains("custom")) return parse_custom(object, path, named);
  const std::string& name = object.begin().key();
  if (name == "always" || name == "never")
    return base::fail(Code::invalid_argument,
                      fmt::format("\"{0}\" has no options: write \"{0}\" alone", name), path);
  if (name == "from")
    return base::fail(Code::invalid_argument, R"(is missing; "from" belongs to a TTL)",
                      base::join_path(path, "ttl"));
  return unknown(name, base::join_path(path, base::printable(name)));
}

}  // namespace

Result<PolicyPtr> parse_policy(const Json& value, const std::string& path,
                               const NamedPolicies& named) {
  if (value.is_string()) return parse_name(value.get_ref<const std::string&>(), path);
  if (value.is_object()) return parse_object(value, path, named);
  return base::fail(Code::invalid_argument,
                    fmt::format("{} is not a policy; {}", value.type_name(), forms), path);
}

}  // namespace freshet::policy
