#include "freshet/refresh.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/refresh_object.hpp"
#include "core/sync/config_check.hpp"
#include "core/telemetry/otlp.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Json;
using base::Status;

struct Start {
  std::shared_ptr<RepositoryObject> repository;
  Json config;
  policy::PolicyPtr policy;  // null: none given
  std::optional<telemetry::TraceContext> context;
  Call call;
};

base::Result<Start> read_start(freshet_repository* repository, const char* config_json,
                               const freshet_policy* policy, const freshet_call_options* given) {
  FRESHET_ASSIGN(Call call, Call::take(given));
  Start start{nullptr, {}, nullptr, std::nullopt, std::move(call)};
  FRESHET_ASSIGN(start.repository, get(repository));
  if (policy != nullptr) {
    FRESHET_ASSIGN(const auto object, get(policy));
    start.policy = object->policy;
  }
  FRESHET_ASSIGN(start.config, options(config_json, "config_json"));
  FRESHET_ASSIGN(start.context, telemetry::take_traceparent(start.config));
  return start;
}

base::Result<std::shared_ptr<RefreshObject>> begin(Start start) {
  FRESHET_ASSIGN(sync::RunConfig config, sync::parse_run(start.config, std::move(start.policy),
                                                         start.repository->policies.all()));
  for (base::Error& problem :
       sync::check_config(sync::offer_of(start.repository->context()), config))
    return base::fail(std::move(problem));
  return RefreshObject::start(std::move(start.repository), std::move(config), std::move(start.call),
                              std::move(start.context));
}

// Runs to the end, and hands the run out where somebody wants it.
Status run_to_end(Start start, freshet_refresh** out_refresh) {
  FRESHET_TRY(start.call.check());
  FRESHET_ASSIGN(auto object, begin(std::move(start)));
  FRESHET_TRY(object->wait_for_all());
  if (out_refresh != nullptr) *out_refresh = make_handle<freshet_refresh>(std::move(object));
  return {};
}

freshet_refresh_counts counts_of(const sync::Counts& counts) {
  freshet_refresh_counts out = FRESHET_REFRESH_COUNTS_INIT;
  out.listed = counts.listed;
  out.refreshed = counts.refreshed;
  out.unchanged = counts.unchanged;
  out.skipped = counts.skipped;
  out.removed = counts.removed;
  out.busy = counts.busy;
  out.failed = counts.failed;
  out.held = counts.held;
  out.chunks_added = counts.chunks_added;
  out.chunks_removed = counts.chunks_removed;
  out.chunks_kept = counts.chunks_kept;
  out.embedded_texts = counts.embedded_texts;
  out.embedded_cached = counts.embedded_cached;
  out.embedded_tokens = counts.embedded_tokens;
  out.upserts = counts.upserts;
  out.removals = counts.removals;
  out.pending = counts.pending;
  out.requests = counts.requests;
  out.not_modified = counts.not_modified;
  out.bytes = counts.bytes;
  out.excluded = counts.excluded;
  return out;
}

}  // namespace

extern "C" {

FRESHET_API const char* freshet_outcome_name(int32_t outcome) noexcept {
  return guard_value("unknown", [&] {
    const bool known = outcome >= FRESHET_OUTCOME_REFRESHED && outcome <= FRESHET_OUTCOME_EXCLUDED;
    // The names are literals, so their data is NUL-terminated.
    return known ? sync::outcome_name(static_cast<sync::Outcome>(outcome)).data() : "unknown";
  });
}

FRESHET_API freshet_status freshet_refresh_start(freshet_repository* repository,
                                                 const char* config_json,
                                                 const freshet_policy* policy,
                                                 const freshet_call_options* call,
                                                 freshet_refresh** out_refresh,
                                                 freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_refresh, "out_refresh"));
    FRESHET_ASSIGN(Start start, read_start(repository, config_json, policy, call));
    FRESHET_ASSIGN(auto object, begin(std::move(start)));
    *out_refresh = make_handle<freshet_refresh>(std::move(object));
    return {};
  });
}

FRESHET_API freshet_status freshet_refresh_next_event(freshet_refresh* refresh, int64_t timeout_ms,
                                                      freshet_event* out_event,
                                                      freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(fill(out_event, freshet_event FRESHET_EVENT_INIT, "out_event"));
    FRESHET_ASSIGN(const auto object, get(refresh));
    FRESHET_ASSIGN(const auto event, object->next_event(timeout_ms));
    return event ? fill(out_event, *event, "out_event") : Status();
  });
}

FRESHET_API freshet_status freshet_refresh_event_fd(freshet_refresh* refresh,
                                                    int32_t* out_descriptor,
                                                    freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_descriptor, "out_descriptor"));
    *out_descriptor = -1;
    FRESHET_ASSIGN(const auto object, get(refresh));
    FRESHET_ASSIGN(*out_descriptor, object->event_descriptor());
    return {};
  });
}

FRESHET_API freshet_status freshet_refresh_wait(freshet_refresh* refresh, int64_t timeout_ms,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(refresh));
    return object->wait(timeout_ms);
  });
}

FRESHET_API freshet_status freshet_refresh_cancel(freshet_refresh* refresh,
                                                  freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(refresh));
    object->cancel();
    return {};
  });
}

FRESHET_API freshet_status freshet_refresh_counts_get(const freshet_refresh* refresh,
                                                      freshet_refresh_counts* out_counts,
                                                      freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(refresh));
    return fill(out_counts, counts_of(object->counts()), "out_counts");
  });
}

FRESHET_API freshet_status freshet_refresh_exit_code(const freshet_refresh* refresh,
                                                     int32_t* out_code,
                                                     freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_code, "out_code"));
    FRESHET_ASSIGN(const auto object, get(refresh));
    FRESHET_ASSIGN(*out_code, object->exit_code());
    return {};
  });
}

FRESHET_API freshet_status freshet_refresh_report(freshet_refresh* refresh, const char** out_json,
                                                  size_t* out_size,
                                                  freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    if (out_size != nullptr) *out_size = 0;
    FRESHET_ASSIGN(const auto object, get(refresh));
    FRESHET_ASSIGN(const sync::ReportText* report, object->report());
    *out_json = report->c_str();
    if (out_size != nullptr) *out_size = report->size();
    return {};
  });
}

FRESHET_API freshet_status freshet_refresh_next_root(freshet_refresh* refresh,
                                                     freshet_root_result* out_root,
                                                     freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(fill(out_root, freshet_root_result FRESHET_ROOT_RESULT_INIT, "out_root"));
    FRESHET_ASSIGN(const auto object, get(refresh));
    FRESHET_ASSIGN(const freshet_root_result root, object->next_root());
    return fill(out_root, root, "out_root");
  });
}

FRESHET_API void freshet_refresh_free(freshet_refresh* refresh) noexcept {
  guard_free([&] {
    if (const auto object = take(refresh)) object->stop();
  });
}

FRESHET_API freshet_status freshet_refresh_run(freshet_repository* repository,
                                               const char* config_json,
                                               const freshet_policy* policy,
                                               const freshet_call_options* call,
                                               freshet_refresh** out_refresh,
                                               freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    if (out_refresh != nullptr) *out_refresh = nullptr;
    FRESHET_ASSIGN(Start start, read_start(repository, config_json, policy, call));
    return run_to_end(std::move(start), out_refresh);
  });
}

}  // extern "C"
}  // namespace freshet::capi
