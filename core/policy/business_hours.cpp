// business_hours: a TTL that runs out inside a window of hours only, or only outside of it.
#include "core/policy/due.hpp"
#include "core/policy/forms.hpp"
#include "core/policy/window.hpp"

namespace freshet::policy {
namespace {

using base::Json;
using base::Result;

struct Hours {
  base::Millis ttl{0};
  From from = From::checked;  // the timestamp that it counts from
  Window window;
  bool avoid = false;  // the window is when not to refresh
  bool wait = false;   // what is not known yet waits for the hours, too
};

class BusinessHours final : public Policy {
 public:
  explicit BusinessHours(Hours hours) : hours_(std::move(hours)) {}

  Result<Decision> decide(const Known& known, base::Instant now) const override {
    if (!known.exists && !hours_.wait) return Decision{true, "not known yet", now};
    const Due due = due_by_ttl(known, now, hours_.ttl, hours_.from);
    const base::Instant at = hours_.window.first(std::max(due.at, now), !hours_.avoid);
    if (at == now) return Decision{true, due.why, now};
    return Decision{false, due.at > now ? due.why : "outside the hours", at};
  }

  Json to_json() const override {
    Json out{{"ttl", base::format_duration(std::max(hours_.ttl, base::Millis(0)))}};
    hours_.window.write(out);
    if (hours_.from != From::checked) out["counts_from"] = name_of(hours_.from);
    if (hours_.avoid) out["avoid"] = true;
    if (hours_.wait) out["unknown_waits"] = true;
    return {{"business_hours", std::move(out)}};
  }
  std::optional<base::Millis> list_every() const override { return hours_.ttl; }

 private:
  const Hours hours_;
};

Result<Hours> parse_hours(const Json& value, const std::string& path) {
  Hours hours;
  base::ObjectReader reader(value, path);
  reader.require("ttl");
  reader.duration("ttl", hours.ttl);
  reader.with("counts_from", [&](const Json& from, const std::string& at) {
    return parse_from(from, at, hours.from);
  });
  reader.flag("avoid", hours.avoid);
  reader.flag("unknown_waits", hours.wait);
  FRESHET_ASSIGN(hours.window, Window::parse(reader, path));
  FRESHET_TRY(reader.finish());
  if (hours.window.first(base::unset, !hours.avoid) != base::never) return hours;
  return base::fail(base::Code::invalid_argument, "leaves no hour of the week", path);
}

}  // namespace

Result<PolicyPtr> parse_business_hours(const Json& value, const std::string& path,
                                       const NamedPolicies&) {
  Hours hours;
  base::ObjectReader reader(value, path);
  reader.require("business_hours");
  reader.with("business_hours", [&](const Json& of, const std::string& at) -> base::Status {
    FRESHET_ASSIGN(hours, parse_hours(of, at));
    return {};
  });
  FRESHET_TRY(reader.finish());
  return std::make_shared<BusinessHours>(std::move(hours));
}

}  // namespace freshet::policy
