// core/host/services.hpp - what plugins are served with, and texts on their way to the log made safe for people.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/host/patience.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/http.hpp"

namespace freshet::host {

// What plugins are served with. A call that did not return and was left keeps it; the clock lives as
// long as the process.
struct Services {
  std::shared_ptr<ports::Http> http;
  const ports::Clock& clock;
  std::function<void(int level, std::string_view plugin, std::string_view message)>
      log;  // thread-safe; may be empty
  CallLimits limits{};
};

// One safe line: secrets taken out, ill-formed UTF-8 and control characters made visible, cut when
// long.
std::string safe_line(std::string_view text);
// The same with every text of an error, its causes included.
base::Error safe_error(base::Error error);

void log(const Services& services, int level, std::string_view plugin, std::string_view message);

}  // namespace freshet::host
