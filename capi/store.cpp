#include "freshet/store.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "capi/objects.hpp"
#include "core/sync/verify.hpp"

namespace freshet::capi {
namespace {

using base::Status;

base::Json to_json(const sync::VerifyReport& report) {
  const sync::Sample& sample = report.sample;
  return {{"in_step", report.in_step()},
          {"expected", report.expected},
          {"stored", report.stored},
          {"missing", report.missing},
          {"stale", report.stale},
          {"orphans", report.orphans},
          {"damaged", report.damaged},
          {"pending", report.pending},
          {"checked", report.checked},
          {"duplicates", report.duplicates},
          {"foreign", report.foreign},
          {"compared", report.compared},
          {"sample", {{"part", sample.part}, {"of", sample.of}}},
          {"problems", report.problems},
          {"ids", report.ids}};
}

base::Json to_json(const sync::RepairReport& report) {
  base::Json json = to_json(static_cast<const sync::VerifyReport&>(report));
  json.update({{"rebuilt", report.rebuilt},
               {"kept", report.kept},
               {"upserts", report.upserts},
               {"removals", report.removals},
               {"embedded_texts", report.embedded_texts},
               {"held", report.held}});
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

struct Asked {
  sync::VerifyOptions options;
  bool repair = false;
};

base::Result<Asked> parse_asked(const char* options_json) {
  FRESHET_ASSIGN(const base::Json json, options(options_json, "options_json"));
  Asked asked;
  base::ObjectReader in(json, "");
  in.flag("deep", asked.options.deep);
  in.flag("repair", asked.repair);
  in.flag("owned", asked.options.owned);
  in.flag("accept_shrink", asked.options.accept_shrink);
  in.number("max_shrink", asked.options.max_shrink, 0, 1);
  if (in.value("sample") != nullptr) in.number("sample", asked.options.sample.emplace(0), 0, 1);
  FRESHET_TRY(in.finish());
  if (asked.repair && !asked.options.sample) asked.options.deep = true;
  return asked;
}

Status verify(RepositoryObject& object, const Asked& asked, const Call& limits, char** out_json) {
  if (asked.repair) object.searcher.close();
  return limits.run(*object.runtime, [&](const base::Cancel& cancel) -> Status {
    base::Json json;
    if (asked.repair) {
      FRESHET_ASSIGN(const auto reports, sync::repair(object.context(), asked.options, cancel));
      json = to_json(reports);
    } else {
      FRESHET_ASSIGN(const auto reports, sync::verify(object.context(), asked.options, cancel));
      json = to_json(reports);
    }
    *out_json = give_text(base::dump_json(json));
    return {};
  });
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
    FRESHET_ASSIGN(const Asked asked, parse_asked(options_json));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return verify(*object, asked, limits, out_json);
  });
}

FRESHET_API freshet_status freshet_store_repair(freshet_repository* repository,
                                                const freshet_call_options* call, char** out_json,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const Asked asked, parse_asked(R"({"repair":true})"));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return verify(*object, asked, limits, out_json);
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
