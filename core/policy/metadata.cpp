// metadata: what people and documents say of one root. Flags are people's, and go before metadata.
#include <array>

#include "core/policy/due.hpp"
#include "core/policy/facts.hpp"
#include "core/policy/forms.hpp"

namespace freshet::policy {
namespace {

using base::Json;
using base::Result;
using namespace std::chrono_literals;

struct Priority {
  const char* name;
  base::Millis ttl;
};

struct Priorities {
  std::array<Priority, 4> named{{{"critical", 1h}, {"high", 6h}, {"normal", 24h}, {"low", 168h}}};
  base::Millis otherwise = 24h;
  From from = From::checked;
};

class Metadata final : public Policy {
 public:
  explicit Metadata(Priorities priorities) : priorities_(priorities) {}

  Result<Decision> decide(const Known& known, base::Instant now) const override {
    if (!known.exists) return Decision{true, "not known yet", now};
    // A document could never take its own word back, so only a flag may force.
    if (is_forced(known)) return Decision{true, "force_refresh is set", now};
    if (said(known, "no_refresh") == true) return Decision{false, "no_refresh is set", base::never};
    if (said(known, "immutable") == true) return Decision{false, "immutable is set", base::never};
    const Due due = due_by_ttl(known, now, ttl_of(known), priorities_.from);
    return Decision{due.at <= now, due.why, std::max(due.at, now)};
  }

  Json to_json() const override {
    Json named = Json::object();
    for (const Priority& each : priorities_.named)
      named[each.name] = base::format_duration(each.ttl);
    Json out{{"priorities", std::move(named)},
             {"default", base::format_duration(priorities_.otherwise)}};
    if (priorities_.from != From::checked) out["from"] = name_of(priorities_.from);
    return {{"metadata", std::move(out)}};
  }
  bool is_forced(const Known& known) const override {
    return fact(known.flags, "force_refresh") == true;
  }

 private:
  static Json said(const Known& known, std::string_view key) {
    Json flag = fact(known.flags, key);
    return flag.is_null() ? fact(known.metadata, key) : flag;
  }
  base::Millis ttl_of(const Known& known) const {
    const Json hours = said(known, "refresh_ttl_hours");
    constexpr double most = 24.0 * 366 * 100;
    if (hours.is_number())
      return base::Millis(
          static_cast<std::int64_t>(std::clamp(hours.get<double>(), 0.0, most) * 3'600'000));
    const Json priority = said(known, "priority");
    for (const Priority& each : priorities_.named)
      if (base::is_text(priority, each.name)) return each.ttl;
    return priorities_.otherwise;
  }

  const Priorities priorities_;
};

Result<Priorities> parse_priorities(const Json& value, const std::string& path) {
  Priorities out;
  base::ObjectReader reader(value, path);
  reader.with("priorities", [&](const Json& named, const std::string& at) {
    base::ObjectReader names(named, at);
    for (Priority& each : out.named) names.duration(each.name, each.ttl);
    return names.finish();
  });
  reader.duration("default", out.otherwise);
  reader.with("from", [&](const Json& from, const std::string& at) {
    return parse_from(from, at, out.from);
  });
  FRESHET_TRY(reader.finish());
  return out;
}

}  // namespace

Result<PolicyPtr> parse_metadata(const Json& value, const std::string& path, const NamedPolicies&) {
  Priorities priorities;
  base::ObjectReader reader(value, path);
  reader.require("metadata");
  reader.with("metadata", [&](const Json& of, const std::string& at) -> base::Status {
    FRESHET_ASSIGN(priorities, parse_priorities(of, at));
    return {};
  });
  FRESHET_TRY(reader.finish());
  return std::make_shared<Metadata>(priorities);
}

}  // namespace freshet::policy
