#include "freshet/policy.h"

#include <fmt/format.h>

#include <cstring>

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "capi/custom_policy.hpp"
#include "capi/document.hpp"
#include "capi/url_policy.hpp"
#include "core/sync/ingest.hpp"
#include "core/sync/known.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Status;
using Made = base::Result<policy::PolicyPtr>;

freshet_policy* make_policy(policy::PolicyPtr policy) {
  auto object = std::make_shared<PolicyObject>();
  object->policy = std::move(policy);
  return make_handle<freshet_policy>(std::move(object));
}

// Makes a policy of functions that were handed over: where that fails, they are released.
template <typename Functions, typename Required>
Made made_of(const Functions* functions, const Functions& defaults, Required Functions::*required,
             const char* name, policy::PolicyPtr (*make)(const Functions&)) {
  if (functions == nullptr) return base::fail(Code::misuse, "is NULL", "functions");
  FRESHET_ASSIGN(const Functions taken, take_struct(functions, defaults, "functions"));
  if (taken.*required != nullptr) return make(taken);
  if (taken.release != nullptr) taken.release(taken.payload);
  return base::fail(Code::misuse, "is NULL", std::string("functions.") + name);
}

Made combined(const freshet_policy* const* policies, std::size_t count,
              policy::PolicyPtr (*combine)(std::vector<policy::PolicyPtr>)) {
  if (policies == nullptr && count > 0) return base::fail(Code::misuse, "is NULL", "policies");
  std::vector<policy::PolicyPtr> members;
  for (std::size_t i = 0; i < count; ++i) {
    FRESHET_ASSIGN(const auto member, get(policies[i]));
    members.push_back(member->policy);
    if (members.back()->depth() >= policy::most_nested)
      return base::fail(
          Code::invalid_argument,
          fmt::format("more than {} policies lie one inside another", policy::most_nested),
          fmt::format("policies[{}]", i));
  }
  return combine(std::move(members));
}

base::Result<base::Json> hours_of(const freshet_business_hours* hours) {
  if (hours == nullptr) return base::fail(Code::misuse, "is NULL", "hours");
  FRESHET_ASSIGN(const freshet_business_hours taken,
                 take_struct(hours, freshet_business_hours FRESHET_BUSINESS_HOURS_INIT, "hours"));
  base::Json out{
      {"ttl", base::format_duration(std::max(base::Millis(taken.ttl_ms), base::Millis(0)))},
      {"avoid", taken.avoid != 0},
      {"unknown_waits", taken.unknown_waits != 0}};
  for (const auto& [key, value] : {std::pair{"from", taken.from},
                                   {"to", taken.to},
                                   {"days", taken.days},
                                   {"timezone", taken.timezone}})
    if (value != nullptr) out[key] = value;
  return base::Json{{"business_hours", std::move(out)}};
}

base::Result<base::Json> priorities_of(const freshet_priorities* priorities) {
  FRESHET_ASSIGN(const freshet_priorities taken,
                 take_struct(priorities, freshet_priorities FRESHET_PRIORITIES_INIT, "priorities"));
  const auto duration = [](std::int64_t ms) {
    return base::format_duration(std::max(base::Millis(ms), base::Millis(0)));
  };
  return base::Json{{"metadata",
                     {{"priorities",
                       {{"critical", duration(taken.critical_ms)},
                        {"high", duration(taken.high_ms)},
                        {"normal", duration(taken.normal_ms)},
                        {"low", duration(taken.low_ms)}}},
                      {"default", duration(taken.default_ms)}}}};
}

Made adaptive_of(const freshet_adaptive* terms) {
  if (terms == nullptr) return base::fail(Code::misuse, "is NULL", "terms");
  FRESHET_ASSIGN(const freshet_adaptive taken,
                 take_struct(terms, freshet_adaptive FRESHET_ADAPTIVE_INIT, "terms"));
  return policy::adaptive(
      {taken.requests_a_day, base::Millis(taken.budget_ttl_ms),
       base::Millis(taken.max_staleness_ms), base::Millis(taken.min_interval_ms)},
      "adaptive");
}

// Hands out what was made, or says why not.
template <typename Make>
freshet_status guard_policy(freshet_policy** out_policy, freshet_error** out_error,
                            Make&& make) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_policy, "out_policy"));
    FRESHET_ASSIGN(policy::PolicyPtr policy, make());
    *out_policy = make_policy(std::move(policy));
    return {};
  });
}

base::Result<policy::Decision> decide(const policy::Policy& policy,
                                      const RepositoryObject& repository, const std::string& uri) {
  FRESHET_ASSIGN(const sync::KnownRoot root, sync::know(*repository.repository, uri));
  return policy.decide(policy::view(root.known), repository.repository->clock().now());
}

}  // namespace

extern "C" {

FRESHET_API freshet_status freshet_policy_always(freshet_policy** out_policy,
                                                 freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error, [] { return Made(policy::always()); });
}

FRESHET_API freshet_status freshet_policy_never_existing(freshet_policy** out_policy,
                                                         freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error, [] { return Made(policy::never_existing()); });
}

FRESHET_API freshet_status freshet_policy_ttl(int64_t ttl_ms, freshet_policy** out_policy,
                                              freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error,
                      [&] { return Made(policy::ttl(base::Millis(ttl_ms))); });
}

FRESHET_API freshet_status freshet_policy_triggered(freshet_policy** out_policy,
                                                    freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error, [] { return Made(policy::triggered()); });
}

FRESHET_API freshet_status freshet_policy_any(const freshet_policy* const* policies, size_t count,
                                              freshet_policy** out_policy,
                                              freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error,
                      [&] { return combined(policies, count, policy::any); });
}

FRESHET_API freshet_status freshet_policy_all(const freshet_policy* const* policies, size_t count,
                                              freshet_policy** out_policy,
                                              freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error,
                      [&] { return combined(policies, count, policy::all); });
}

FRESHET_API freshet_status freshet_policy_by_url(const freshet_url_functions* functions,
                                                 freshet_policy** out_policy,
                                                 freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error, [&] {
    return made_of(functions, freshet_url_functions FRESHET_URL_FUNCTIONS_INIT,
                   &freshet_url_functions::select, "select", make_selecting_policy);
  });
}

FRESHET_API freshet_status freshet_policy_matching(const freshet_url_functions* functions,
                                                   freshet_policy** out_policy,
                                                   freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error, [&] {
    return made_of(functions, freshet_url_functions FRESHET_URL_FUNCTIONS_INIT,
                   &freshet_url_functions::matches, "matches", make_matching_policy);
  });
}

FRESHET_API freshet_status freshet_policy_business_hours(const freshet_business_hours* hours,
                                                         freshet_policy** out_policy,
                                                         freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error, [&]() -> Made {
    FRESHET_ASSIGN(const base::Json json, hours_of(hours));
    return policy::parse_policy(json, "");
  });
}

FRESHET_API freshet_status freshet_policy_metadata(const freshet_priorities* priorities,
                                                   freshet_policy** out_policy,
                                                   freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error, [&]() -> Made {
    FRESHET_ASSIGN(const base::Json json, priorities_of(priorities));
    return policy::parse_policy(json, "");
  });
}

FRESHET_API freshet_status freshet_policy_adaptive(const freshet_adaptive* terms,
                                                   freshet_policy** out_policy,
                                                   freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error, [&] { return adaptive_of(terms); });
}

FRESHET_API freshet_status freshet_policy_from_json(const char* json, freshet_policy** out_policy,
                                                    freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error, [&]() -> Made {
    if (json == nullptr) return base::fail(Code::misuse, "is NULL", "json");
    FRESHET_ASSIGN(const base::Json value, base::parse_json(json, "json"));
    return policy::parse_policy(value, "policy");
  });
}

FRESHET_API freshet_status freshet_policy_custom(const freshet_custom_policy* functions,
                                                 freshet_policy** out_policy,
                                                 freshet_error** out_error) noexcept {
  return guard_policy(out_policy, out_error, [&] {
    return made_of(functions, freshet_custom_policy FRESHET_CUSTOM_POLICY_INIT,
                   &freshet_custom_policy::decide, "decide", make_custom_policy);
  });
}

FRESHET_API freshet_status freshet_repository_name_policy(freshet_repository* repository,
                                                          const char* name,
                                                          const freshet_policy* policy,
                                                          freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto where, get(repository));
    FRESHET_ASSIGN(const std::string wanted, text(name, "name"));
    if (wanted.empty()) return base::fail(Code::invalid_argument, "is empty", "name");
    policy::PolicyPtr named;
    if (policy != nullptr) {
      FRESHET_ASSIGN(const auto object, get(policy));
      named = object->policy;
    }
    where->policies.set(wanted, std::move(named));
    return {};
  });
}

FRESHET_API freshet_status freshet_policy_to_json(const freshet_policy* policy, char** out_json,
                                                  freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(policy));
    *out_json = give_text(base::dump_json(object->policy->to_json()));
    return {};
  });
}

FRESHET_API freshet_status freshet_policy_decide(const freshet_policy* policy,
                                                 const freshet_repository* repository,
                                                 const char* uri, freshet_decision* out_decision,
                                                 freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(fill(out_decision, freshet_decision FRESHET_DECISION_INIT, "out_decision"));
    FRESHET_ASSIGN(const auto object, get(policy));
    FRESHET_ASSIGN(const auto where, get(repository));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    FRESHET_ASSIGN(const policy::Decision decision, decide(*object->policy, *where, name));
    freshet_decision out = FRESHET_DECISION_INIT;
    out.refresh = decision.refresh ? 1 : 0;
    out.ask_again_ms = decision.ask_again.ms;
    std::strcpy(out.reason, decision.reason.c_str());
    return fill(out_decision, out, "out_decision");
  });
}

FRESHET_API freshet_status freshet_policy_should_reread(const freshet_policy* policy,
                                                        const freshet_repository* repository,
                                                        const char* uri, int32_t* out_reread,
                                                        freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_reread, "out_reread"));
    FRESHET_ASSIGN(const auto object, get(policy));
    FRESHET_ASSIGN(const auto where, get(repository));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    FRESHET_ASSIGN(const policy::Decision decision, decide(*object->policy, *where, name));
    *out_reread = decision.refresh ? 1 : 0;
    return {};
  });
}

FRESHET_API freshet_status freshet_policy_should_refresh_document(
    const freshet_policy* policy, const freshet_repository* repository,
    const freshet_document* document, int32_t* out_refresh, freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_refresh, "out_refresh"));
    FRESHET_ASSIGN(const auto object, get(policy));
    FRESHET_ASSIGN(const auto where, get(repository));
    FRESHET_ASSIGN(const auto source, get(document));
    FRESHET_ASSIGN(const model::Document* finished, source->finished());
    FRESHET_ASSIGN(const sync::KnownRoot root, sync::know(*where->repository, finished->uri));
    FRESHET_ASSIGN(const bool accepted, sync::accepts(*object->policy, root.known, *finished,
                                                      where->repository->clock().now()));
    *out_refresh = accepted ? 1 : 0;
    return {};
  });
}

FRESHET_API freshet_status freshet_policy_ingest_if_needed(
    const freshet_policy* policy, freshet_repository* repository, const freshet_reader* reader,
    const char* uri, const freshet_call_options* call, freshet_document** out_document,
    freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_document, "out_document"));
    FRESHET_ASSIGN(const auto object, get(policy));
    FRESHET_ASSIGN(const auto where, get(repository));
    FRESHET_ASSIGN(const auto with, get(reader));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(*where->runtime, [&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(auto document,
                     sync::ingest_if_needed(object->policy, *where->repository, *with->reader,
                                            where->runtime->http(), name, cancel));
      if (document) *out_document = make_document(*std::move(document));
      return {};
    });
  });
}

FRESHET_API void freshet_policy_free(freshet_policy* policy) noexcept {
  guard_free([&] { take(policy); });
}

}  // extern "C"
}  // namespace freshet::capi
