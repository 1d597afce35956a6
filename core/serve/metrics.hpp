// core/serve/metrics.hpp - what a service says of itself as Prometheus reads it (text format 0.0.4).
#pragma once

#include <string>

#include "core/base/json.hpp"

namespace freshet::serve {

inline constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

// `status` as service::status_json() has it, `statistics` as Service::statistics(), `hooks` counts of
// deliveries {"github":{"accepted":…,"refused":…},…}. Pure.
std::string metrics_text(const base::Json& status, const base::Json& statistics,
                         const base::Json& hooks);

}  // namespace freshet::serve
