#include "capi/open_request.hpp"

namespace freshet::capi {

base::Result<OpenRequest> parse_open(const base::Json& json) {
  OpenRequest request;
  base::ObjectReader in(json, "");
  in.text("namespace", request.open.name_space);
  in.flag("read_only", request.open.read_only);
  in.flag("create", request.open.create);
  in.flag("force_filesystem", request.open.force_filesystem);
  in.flag("allow_shared", request.open.allow_shared);
  in.texts("plugin_directories", request.plugin_directories);
  in.with("http", [&](const base::Json& value, const std::string& path) -> base::Status {
    FRESHET_ASSIGN(request.http, net::parse_options(value, path));
    return {};
  });
  FRESHET_TRY(in.finish());
  return request;
}

}  // namespace freshet::capi
