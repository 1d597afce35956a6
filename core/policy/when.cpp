// when: conditions that all have to hold. Each is a policy that says yes where it holds, so that `all`
// finds when to ask again.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.hpp"
#include "core/policy/due.hpp"
#include "core/policy/facts.hpp"
#include "core/policy/forms.hpp"
#include "core/policy/window.hpp"

namespace freshet::policy {
namespace {

using base::Code;
using base::Instant;
using base::Json;
using base::Result;
using base::Status;

// Says when a condition holds at the earliest, by time alone: `now` where it does.
using Holds = std::function<Instant(const Known&, Instant now)>;

class Condition final : public Policy {
 public:
  Condition(Json written, Holds holds)
      : written_(std::move(written)),
        unmet_(fmt::format("not so: {}", base::dump_json(written_))),
        holds_(std::move(holds)) {}

  Result<Decision> decide(const Known& known, Instant now) const override {
    const Instant at = holds_(known, now);
    if (at <= now) return Decision{true, "all conditions hold", now};
    return Decision{false, unmet_, at};
  }
  Json to_json() const override { return written_; }

 private:
  const Json written_;
  const Reason unmet_;
  const Holds holds_;
};

Instant now_or_never(bool holds, Instant now) { return holds ? now : base::never; }

Result<Holds> exists(const Json& value, base::ObjectReader&, const std::string& path) {
  if (!value.is_boolean())
    return base::fail(Code::invalid_argument, "expected true or false", path);
  return [wanted = value.get<bool>()](const Known& known, Instant now) {
    return now_or_never(known.exists == wanted, now);
  };
}

Result<Holds> older_than(const Json& value, base::ObjectReader& reader, const std::string& path) {
  if (!value.is_string())
    return base::fail(Code::invalid_argument, R"(expected a duration: "24h")", path);
  auto age = base::parse_duration(value.get_ref<const std::string&>());
  if (!age) return base::fail(Code::invalid_argument, age.error().message, path);
  std::string of = "checked";
  reader.text("of", of);
  Instant Known::*const basis = of == "checked"    ? &Known::checked
                                : of == "ingested" ? &Known::ingested
                                : of == "changed"  ? &Known::changed
                                                   : nullptr;
  if (basis == nullptr)
    return base::fail(
        Code::invalid_argument,
        fmt::format(R"({} is not a timestamp: write "checked", "ingested" or "changed")",
                    base::in_quotes(of)),
        path);
  return [basis, age = *age](const Known& known, Instant now) {
    const Instant at = known.*basis;
    return at == base::unset || at > now ? now : std::max(at + age, now);
  };
}

Result<Holds> in_window(const Json& value, base::ObjectReader&, const std::string& path) {
  base::ObjectReader reader(value, path);
  FRESHET_ASSIGN(const Window window, Window::parse(reader, path));
  FRESHET_TRY(reader.finish());
  return [window](const Known&, Instant now) { return window.first(now, true); };
}

// {"flag":"name","equals":value} or {"flag":"name","absent":true}; so of metadata.
template <auto Text>
Result<Holds> member(const Json& value, base::ObjectReader& reader, const std::string& path) {
  if (!value.is_string()) return base::fail(Code::invalid_argument, "expected a name", path);
  bool absent = false;
  reader.flag("absent", absent);
  const Json* equals = reader.value("equals");
  if ((equals != nullptr) == absent)
    return base::fail(Code::invalid_argument,
                      R"(says what it has to be: write "equals":value or "absent":true beside it)",
                      path);
  return [key = value.get<std::string>(), wanted = equals != nullptr ? *equals : Json()](
             const Known& known, Instant now) {
    return now_or_never(fact(known.*Text, key) == wanted, now);
  };
}

struct ConditionForm {
  const char* name;
  Result<Holds> (*parse)(const Json& value, base::ObjectReader& reader, const std::string& path);
};
constexpr ConditionForm conditions[] = {{"exists", exists},
                                        {"older_than", older_than},
                                        {"window", in_window},
                                        {"flag", member<&Known::flags>},
                                        {"metadata", member<&Known::metadata>}};

Result<PolicyPtr> parse_condition(const Json& value, const std::string& path,
                                  const NamedPolicies& named) {
  if (!value.is_object()) return parse_policy(value, path, named);
  for (const ConditionForm& form : conditions) {
    if (!value.contains(form.name)) continue;
    base::ObjectReader reader(value, path);
    const Json& of = *reader.value(form.name);
    FRESHET_ASSIGN(Holds holds, form.parse(of, reader, base::join_path(path, form.name)));
    FRESHET_TRY(reader.finish());
    return std::make_shared<Condition>(value, std::move(holds));
  }
  if (value.contains("custom")) return parse_policy(value, path, named);
  return base::fail(
      Code::invalid_argument,
      R"(is not a condition: write "exists", "older_than", "window", "flag", "metadata" or "custom")",
      path);
}

// As `all`, but for the name that it is written under.
class When final : public Policy {
 public:
  explicit When(std::vector<PolicyPtr> all_of)
      : conditions_(all_of), all_(all(std::move(all_of))) {}

  Result<Decision> decide(const Known& known, Instant now) const override {
    return all_->decide(known, now);
  }
  Result<bool> accept(const Known& known, const model::Document& document) const override {
    return all_->accept(known, document);
  }
  Json to_json() const override {
    Json list = Json::array();
    for (const PolicyPtr& each : conditions_) list.push_back(each->to_json());
    return {{"when", std::move(list)}};
  }
  bool is_pure() const override { return all_->is_pure(); }
  std::size_t depth() const override { return all_->depth(); }

 private:
  const std::vector<PolicyPtr> conditions_;
  const PolicyPtr all_;
};

}  // namespace

Result<PolicyPtr> parse_when(const Json& value, const std::string& path,
                             const NamedPolicies& named) {
  std::vector<PolicyPtr> found;
  base::ObjectReader reader(value, path);
  reader.require("when");
  reader.with("when", [&](const Json& list, const std::string& at) {
    return parse_list(list, at, [&](const Json& one, const std::string& where) -> Status {
      FRESHET_ASSIGN(PolicyPtr condition, parse_condition(one, where, named));
      found.push_back(std::move(condition));
      return {};
    });
  });
  FRESHET_TRY(reader.finish());
  return std::make_shared<When>(std::move(found));
}

}  // namespace freshet::policy
