// capi/open_request.hpp - the options of freshet_repository_open(), read.
#pragma once

#include <string>
#include <vector>

#include "core/base/json.hpp"
#include "core/host/plugins.hpp"
#include "core/net/options.hpp"
#include "core/repository/repository.hpp"
#include "core/telemetry/options.hpp"

namespace freshet::capi {

struct OpenRequest {
  repository::OpenOptions open;
  net::ClientOptions http;
  telemetry::Options telemetry;
  std::vector<std::string> plugin_directories;
  base::Millis plugin_timeout = host::CallLimits().idle;
};

base::Result<OpenRequest> parse_open(const base::Json& json);

}  // namespace freshet::capi
