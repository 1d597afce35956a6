// core/host/services.hpp - lines on their way to the log, and texts made safe for people.
#pragma once

#include <string>
#include <string_view>

#include "core/host/plugins.hpp"

namespace freshet::host {

// One safe line: secrets taken out, ill-formed UTF-8 and control characters made visible, cut when
// long.
std::string safe_line(std::string_view text);
// The same with every text of an error, its causes included.
base::Error safe_error(base::Error error);

void log(const Services& services, int level, std::string_view plugin, std::string_view message);

}  // namespace freshet::host
