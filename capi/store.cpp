#include "freshet/store.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "capi/context.hpp"
#include "core/refresh/verify.hpp"

namespace freshet::capi {
namespace {

using base::Status;

base::Json to_json(const refresh::VerifyReport& report) {
  return {{"in_step", report.in_step()}, {"expected", report.expected},
          {"stored", report.stored},     {"missing", report.missing},
          {"stale", report.stale},       {"orphans", report.orphans},
          {"pending", report.pending},   {"ids", report.ids}};
}

}  // namespace

extern "C" {

FRESHET_API freshet_status freshet_store_verify(freshet_repository* repository,
                                                const freshet_call_options* call, char** out_json,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(*object->runtime, [&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const refresh::VerifyReport report,
                     refresh::verify(context_of(*object), cancel));
      *out_json = give_text(base::dump_json(to_json(report)));
      return {};
    });
  });
}

FRESHET_API freshet_status freshet_store_repair(freshet_repository* repository,
                                                const freshet_call_options* call, char** out_json,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(*object->runtime, [&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const refresh::VerifyReport report,
                     refresh::repair(context_of(*object), cancel));
      *out_json = give_text(base::dump_json(to_json(report)));
      return {};
    });
  });
}

FRESHET_API freshet_status freshet_store_reset(freshet_repository* repository,
                                               const freshet_call_options* call,
                                               freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(*object->runtime, [&](const base::Cancel& cancel) {
      return refresh::reset(context_of(*object), cancel);
    });
  });
}

}  // extern "C"
}  // namespace freshet::capi
