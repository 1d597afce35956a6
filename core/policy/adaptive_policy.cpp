// The adaptive policy: what is asked is what somebody who knows the whole source granted a request,
// within bounds that hold whatever was learnt.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/policy/forms.hpp"

namespace freshet::policy {
namespace {

using base::Code;
using base::Json;
using base::Result;
using base::Status;

constexpr base::Millis day{24 * 3'600'000};
constexpr double most_requests = 1e9;  // a day

class AdaptivePolicy final : public Policy {
 public:
  explicit AdaptivePolicy(const AdaptiveTerms& terms) : terms_(terms) {}

  Result<Decision> decide(const Known& known, base::Instant now) const override {
    if (!known.exists) return Decision{true, "not known yet", now};
    if (known.checked == base::unset) return Decision{true, "never checked", now};
    if (known.checked > now) return Decision{true, "the timestamp is in the future", now};
    const base::Instant last = known.checked + terms_.max_staleness;
    if (last <= now) return Decision{true, "left alone for the longest time allowed", now};
    if (!known.granted) return Decision{false, "another page is worth more", last};
    if (const base::Instant first = known.checked + terms_.min_interval; first > now)
      return Decision{false, "asked a short time ago", last};
    return Decision{true,
                    Reason(fmt::format("worth a request: changed with a chance of {:.2g} %",
                                       100 * known.chance)),
                    now};
  }

  Json to_json() const override {
    Json budget = terms_.a_day > 0 ? Json(fmt::format("{:g}/d", terms_.a_day))
                                   : Json({{"ttl", base::format_duration(terms_.ttl)}});
    Json terms = {{"budget", std::move(budget)},
                  {"max_staleness", base::format_duration(terms_.max_staleness)},
                  {"min_interval", base::format_duration(terms_.min_interval)}};
    if (!terms_.budget_of.empty()) terms["budget_of"] = terms_.budget_of;
    return {{"adaptive", std::move(terms)}};
  }
  std::optional<base::Millis> list_every() const override { return terms_.min_interval; }
  const AdaptiveTerms* adaptive() const override { return &terms_; }

 private:
  const AdaptiveTerms terms_;
};

// "1000/d": a number, a slash, and d or another duration.
Result<double> parse_rate(const std::string& text, const std::string& path) {
  const auto wrong = [&] {
    return base::fail(
        Code::invalid_argument,
        fmt::format(R"({} is not a number of requests a time: write "1000/d" or {{"ttl":"7d"}})",
                    Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)),
        path);
  };
  const std::size_t slash = text.find('/');
  if (slash == 0 || slash == std::string::npos || slash > 12) return wrong();
  const std::string count = text.substr(0, slash), unit = text.substr(slash + 1);
  if (count.find_first_not_of("0123456789.") != std::string::npos ||
      std::count(count.begin(), count.end(), '.') > 1 || count == ".")
    return wrong();
  const bool bare = unit == "d" || unit == "h" || unit == "m";
  const auto span = base::parse_duration(bare ? "1" + unit : unit);
  if (!span || span->count() <= 0) return wrong();
  const double a_day =
      std::stod(count) * static_cast<double>(day.count()) / static_cast<double>(span->count());
  if (a_day > 0 && a_day <= most_requests) return a_day;
  return base::fail(Code::invalid_argument, "is no budget: at least one request in some time",
                    path);
}

Status parse_budget(const Json& value, const std::string& path, AdaptiveTerms& terms) {
  if (value.is_object()) {
    base::ObjectReader reader(value, path);
    reader.require("ttl");
    reader.duration("ttl", terms.ttl);
    FRESHET_TRY(reader.finish());
    if (terms.ttl.count() > 0) return {};
    return base::fail(Code::invalid_argument, "must be above zero", base::join_path(path, "ttl"));
  }
  if (!value.is_string())
    return base::fail(Code::invalid_argument, R"(expected "1000/d" or {"ttl":"7d"})", path);
  FRESHET_ASSIGN(terms.a_day, parse_rate(value.get_ref<const std::string&>(), path));
  return {};
}

Status parse_budget_of(const Json& value, const std::string& path, AdaptiveTerms& terms) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty())
    return base::fail(Code::invalid_argument,
                      R"(expected the name that sources share, such as "docs.example.org")", path);
  terms.budget_of = value.get<std::string>();
  return {};
}

Status check(const AdaptiveTerms& terms, const std::string& path) {
  const bool by_ttl = terms.ttl.count() > 0, by_rate = terms.a_day > 0;
  if (by_ttl == by_rate || !(terms.a_day >= 0 && terms.a_day <= most_requests))
    return base::fail(Code::invalid_argument, "expected requests a day or a TTL, above zero",
                      base::join_path(path, "budget"));
  if (terms.max_staleness.count() <= 0)
    return base::fail(Code::invalid_argument, "must be above zero",
                      base::join_path(path, "max_staleness"));
  if (terms.min_interval >= base::Millis(0) && terms.min_interval < terms.max_staleness) return {};
  return base::fail(Code::invalid_argument, "must lie between zero and max_staleness",
                    base::join_path(path, "min_interval"));
}

}  // namespace

double AdaptiveTerms::requests_a_day(std::size_t pages) const {
  if (a_day > 0) return a_day;
  return static_cast<double>(pages) * static_cast<double>(day.count()) /
         static_cast<double>(ttl.count());
}

Result<PolicyPtr> adaptive(const AdaptiveTerms& terms, const std::string& path) {
  FRESHET_TRY(check(terms, path));
  return std::make_shared<AdaptivePolicy>(terms);
}

Result<PolicyPtr> parse_adaptive(const Json& value, const std::string& path, const NamedPolicies&) {
  AdaptiveTerms terms;
  base::ObjectReader outer(value, path);
  outer.require("adaptive");
  outer.with("adaptive", [&](const Json& object, const std::string& at) -> Status {
    base::ObjectReader reader(object, at);
    reader.require("budget");
    reader.require("max_staleness");
    reader.with("budget", [&](const Json& budget, const std::string& where) {
      return parse_budget(budget, where, terms);
    });
    reader.with("budget_of", [&](const Json& name, const std::string& where) {
      return parse_budget_of(name, where, terms);
    });
    reader.duration("max_staleness", terms.max_staleness);
    reader.duration("min_interval", terms.min_interval);
    return reader.finish();
  });
  FRESHET_TRY(outer.finish());
  return adaptive(terms, base::join_path(path, "adaptive"));
}

}  // namespace freshet::policy
