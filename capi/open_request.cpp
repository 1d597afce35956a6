#include "capi/open_request.hpp"

#include <fmt/format.h>

#include "capi/log.hpp"

namespace freshet::capi {
namespace {

base::Status check_timeout(base::Millis timeout) {
  constexpr base::Millis least{1000}, most{7 * 24 * 3600 * 1000};
  if (timeout >= least && timeout <= most) return {};
  return base::fail(base::Code::invalid_argument,
                    fmt::format("is {}, not from {} to {}", base::format_duration(timeout),
                                base::format_duration(least), base::format_duration(most)),
                    "plugin_timeout");
}

}  // namespace

base::Result<OpenRequest> parse_open(const base::Json& json) {
  OpenRequest request;
  base::ObjectReader in(json, "");
  in.text("namespace", request.open.name_space);
  in.flag("read_only", request.open.read_only);
  in.flag("create", request.open.create);
  in.flag("force_filesystem", request.open.force_filesystem);
  in.flag("allow_shared", request.open.allow_shared);
  in.texts("plugin_directories", request.plugin_directories);
  in.duration("plugin_timeout", request.plugin_timeout);
  in.with("http", [&](const base::Json& value, const std::string& path) -> base::Status {
    FRESHET_ASSIGN(request.http, net::parse_options(value, path));
    return {};
  });
  in.with("otel", [&](const base::Json& value, const std::string& path) -> base::Status {
    FRESHET_ASSIGN(request.telemetry, telemetry::parse_options(value, path, warn_of_secret));
    return {};
  });
  FRESHET_TRY(in.finish());
  FRESHET_TRY(check_timeout(request.plugin_timeout));
  return request;
}

}  // namespace freshet::capi
