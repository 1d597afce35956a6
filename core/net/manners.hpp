// core/net/manners.hpp - how one host is treated: how many requests, how often, and what is tried again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"
#include "core/ports/requester.hpp"

namespace freshet::net {

using ports::Breaker;
using ports::Rate;

// "10/s", "600/m", "1000/h". The error has no subject.
base::Result<Rate> parse_rate(std::string_view text);

struct Manners {
  std::size_t per_host = 8;  // requests at once
  Rate rate;
  Breaker breaker;
  int attempts = 3;                  // of one request
  base::Millis backoff{1'000};       // doubled for each attempt; the wait is drawn from 0 to that
  base::Millis backoff_cap{60'000};  // also the longest wait for a server that asked for one
  std::vector<base::Millis> delays;  // the waits instead of these; the last one repeats
  base::Millis deadline{0};  // no attempt begins later than that after the first; 0: whenever
};

// With what a request brings of its own.
Manners with(Manners manners, const ports::RetryOptions& own);

// Before the attempt after `attempt`, which counts from 1; `draw` in [0, 1).
base::Millis wait_after(const Manners& manners, int attempt, double draw);

}  // namespace freshet::net
