// core/telemetry/options.hpp - where spans and metrics go, read from the options of a repository.
#pragma once

#include <map>
#include <string>

#include "core/base/json.hpp"
#include "core/host/secrets.hpp"

namespace freshet::telemetry {

struct Options {
  std::string endpoint;                        // "http://collector:4318"; empty: nowhere
  std::map<std::string, std::string> headers;  // with each request; secrets are resolved
  std::string service_name = "freshet";
};

// Reads the object under "otel": {"endpoint","headers","service_name","environment"}. The last one
// takes what is missing from the variables OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS and OTEL_SERVICE_NAME.
base::Result<Options> parse_options(const base::Json& json, const std::string& path,
                                    const host::WarnOfSecret& warn);

}  // namespace freshet::telemetry
