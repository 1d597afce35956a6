#include "freshet/runs.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/objects.hpp"
#include "core/service/status.hpp"

namespace freshet::capi {

using base::Status;

extern "C" {

FRESHET_API freshet_status freshet_runs_list(const freshet_repository* repository, uint64_t before,
                                             size_t limit, char** out_json,
                                             freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const auto runs, service::list_runs(*object->repository, limit,
                                                       before == 0 ? UINT64_MAX : before));
    *out_json = give_text(base::dump_json(runs));
    return {};
  });
}

FRESHET_API freshet_status freshet_runs_get(const freshet_repository* repository, uint64_t id,
                                            char** out_json, freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(repository));
    FRESHET_ASSIGN(const auto run, service::find_run(*object->repository, id));
    *out_json = give_text(base::dump_json(run));
    return {};
  });
}

}  // extern "C"
}  // namespace freshet::capi
