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

// `more` of another store beside what is told of all so far.
void add(base::Json& all, const base::Json& more) {
  for (const auto& [key, value] : more.items()) {
    base::Json& sum = all[key];
    if (key == "in_step")
      sum = sum.get<bool>() && value.get<bool>();
    else if (value.is_boolean())
      sum = sum.get<bool>() || value.get<bool>();
    else if (value.is_number())
      sum = sum.get<std::uint64_t>() + value.get<std::uint64_t>();
    else if (value.is_array())
      sum.insert(sum.end(), value.begin(), value.end());
    else if (sum == "")
      sum = value;
  }
}

// Of one store what it is; of several their sum, and each of them.
template <typename Report>
base::Json to_json(const std::vector<Report>& reports) {
  base::Json all = to_json(reports.front()), stores = base::Json::array();
  for (const Report& report : reports) {
    base::Json each = to_json(report);
    if (&report != &reports.front()) add(all, each);
    each.update({{"target", report.number}, {"store", report.store}});
    stores.push_back(std::move(each));
  }
  if (reports.size() > 1) all["stores"] = std::move(stores);
  return all;
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
      FRESHET_ASSIGN(const auto reports, sync::verify(object->context(), deep, cancel));
      *out_json = give_text(base::dump_json(to_json(reports)));
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
      FRESHET_ASSIGN(const auto reports, sync::repair(object->context(), cancel));
      *out_json = give_text(base::dump_json(to_json(reports)));
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
