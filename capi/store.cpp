#include "freshet/store.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "core/sync/verify.hpp"

namespace freshet::capi {
namespace {

using base::Status;

base::Json to_json(const sync::VerifyReport& report) {
  const sync::Sample& sample = report.sample;
  return {{"in_step", report.in_step()}, {"expected", report.expected},
          {"stored", report.stored},     {"missing", report.missing},
          {"stale", report.stale},       {"orphans", report.orphans},
          {"damaged", report.damaged},   {"pending", report.pending},
          {"compared", report.compared}, {"sample", {{"part", sample.part}, {"of", sample.of}}},
          {"problems", report.problems}, {"ids", report.ids}};
}

base::Json to_json(const sync::RepairReport& report) {
  base::Json json = to_json(static_cast<const sync::VerifyReport&>(report));
  json.update({{"rebuilt", report.rebuilt},
               {"kept", report.kept},
               {"upserts", report.upserts},
               {"removals", report.removals},
               {"embedded_texts", report.embedded_texts}});
  return json;
}

base::Result<bool> parse_deep(const char* options_json) {
  FRESHET_ASSIGN(const base::Json json, options(options_json, "options_json"));
  bool deep = false;
  base::ObjectReader in(json, "");
  in.flag("deep", deep);
  FRESHET_TRY(in.finish());
  return deep;
}

}  // namespace

extern "C" {

FRESHET_API freshet_status freshet_store_verify(freshet_repository* repository,
                                                const char* options_json,
                                                const freshet_call_options* call, char** out_json,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const bool deep, parse_deep(options_json));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(*object->runtime, [&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const sync::VerifyReport report,
                     sync::verify(object->context(), deep, cancel));
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
    object->searcher.close();
    return limits.run(*object->runtime, [&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const sync::RepairReport report, sync::repair(object->context(), cancel));
      *out_json = give_text(base::dump_json(to_json(report)));
      return {};
    });
  });
}

FRESHET_API freshet_status freshet_store_deliver(freshet_repository* repository,
                                                 const freshet_call_options* call, char** out_json,
                                                 freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(*object->runtime, [&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const sync::Counts counts, sync::deliver_pending(object->context(), cancel));
      *out_json = give_text(base::dump_json({{"upserts", counts.upserts},
                                             {"removals", counts.removals},
                                             {"embedded_texts", counts.embedded_texts},
                                             {"pending", counts.pending}}));
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
    object->searcher.close();
    return limits.run(*object->runtime, [&](const base::Cancel& cancel) {
      return sync::reset(object->context(), cancel);
    });
  });
}

}  // extern "C"
}  // namespace freshet::capi
