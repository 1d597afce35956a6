// core/ports/retry_options.hpp - how the requests of one source are tried again, where it says so itself.
#pragma once

#include <optional>
#include <vector>

#include "core/base/instant.hpp"

namespace freshet::ports {

// What is not set is as for the host, or for all.
struct RetryOptions {
  std::optional<int> attempts;              // of one request
  std::optional<base::Millis> backoff;      // doubled for each; the wait is drawn from 0 to that
  std::optional<base::Millis> backoff_cap;  // also the longest wait that a server may ask for
  std::optional<std::vector<base::Millis>> delays;  // the waits instead of these; the last repeats
  std::optional<base::Millis> deadline;  // no attempt begins later than that after the first
};

}  // namespace freshet::ports
