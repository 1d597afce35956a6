// core/net/retry.hpp - what is worth trying again, and after how long. Pure.
#pragma once

#include <string>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"

namespace freshet::net {

// 408, 429, 500, 502, 503 and 504: another attempt may see another answer.
bool is_transient_status(int status);

// How one attempt went wrong: by an answer, or (status 0) before there was one.
struct Trouble {
  int status = 0;
  base::Code code = base::Code::network;
  bool sent = true;  // false when no byte of the request left this machine
};

// A request that may not be repeated is only tried again where the server cannot have acted on it.
bool may_retry(const Trouble& trouble, bool idempotent);

// Full jitter: `draw` in [0, 1) of min(cap, base * 2^(attempt - 1)); `attempt` counts from 1.
base::Millis backoff_wait(int attempt, base::Millis base, base::Millis cap, double draw);

// The error that a transient or unexpected status becomes when no attempt is left.
base::Error status_error(int status, std::string subject);

}  // namespace freshet::net
