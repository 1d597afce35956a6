#include "freshet/explain.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "core/sync/explain.hpp"

extern "C" {

using namespace freshet::capi;

FRESHET_API freshet_status freshet_explain_root(freshet_repository* repository, const char* uri,
                                                const char* config_json,
                                                const freshet_call_options* call, char** out_json,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> freshet::base::Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    if (name.empty())
      return freshet::base::fail(freshet::base::Code::invalid_argument, "is empty", "uri");
    std::optional<freshet::sync::RunConfig> config;
    if (config_json != nullptr) {
      FRESHET_ASSIGN(const freshet::base::Json json, options(config_json, "config_json"));
      FRESHET_ASSIGN(config, freshet::sync::parse_run(json, nullptr, object->policies.all()));
    }
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(
        *object->runtime, [&](const freshet::base::Cancel& cancel) -> freshet::base::Status {
          FRESHET_ASSIGN(
              const freshet::base::Json told,
              freshet::sync::explain(object->context(), config ? &*config : nullptr, name, cancel));
          *out_json = give_text(freshet::base::dump_json(told));
          return {};
        });
  });
}

}  // extern "C"
