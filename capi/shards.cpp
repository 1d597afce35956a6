#include "freshet/shards.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "capi/log.hpp"
#include "capi/open_request.hpp"
#include "core/service/runtime.hpp"
#include "core/sync/reshard.hpp"

namespace freshet::capi {
namespace {

using base::Json;
using base::Status;

struct MoveRequest {
  sync::ReshardRequest what;
  std::vector<std::string> plugin_directories;
};

base::Result<MoveRequest> parse_move(const char* options_json) {
  FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
  MoveRequest request;
  base::ObjectReader in(json, "");
  in.texts("from", request.what.from);
  in.texts("to", request.what.to);
  in.texts("plugin_directories", request.plugin_directories);
  in.flag("force_filesystem", request.what.open.force_filesystem);
  in.flag("allow_shared", request.what.open.allow_shared);
  in.require("from");
  in.require("to");
  FRESHET_TRY(in.finish());
  return request;
}

Json to_json(const sync::ReshardReport& report) {
  return {{"roots", report.roots},   {"documents", report.documents},
          {"chunks", report.chunks}, {"pending", report.pending},
          {"parted", report.parted}, {"to_fill", report.to_fill}};
}

}  // namespace
}  // namespace freshet::capi

extern "C" {

using namespace freshet::capi;

FRESHET_API freshet_status freshet_shards_move(const char* options_json,
                                               const freshet_call_options* call, char** out_json,
                                               freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(MoveRequest request, parse_move(options_json));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    freshet::service::Runtime runtime({}, std::move(request.plugin_directories), write_log);
    return limits.run(runtime, [&](const freshet::base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const auto report,
                     freshet::sync::reshard(request.what, runtime.plugins(), cancel));
      *out_json = give_text(freshet::base::dump_json(to_json(report)));
      return {};
    });
  });
}

}  // extern "C"
