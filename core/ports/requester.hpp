// core/ports/requester.hpp - on whose behalf requests are sent: what one source says of all that it asks
// for, and what became of that.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/instant.hpp"
#include "core/ports/retry_options.hpp"

namespace freshet::ports {

// At most `count` requests begin within any stretch of time as long as `period`.
struct Rate {
  std::uint32_t count = 0;  // 0: there is no such limit
  base::Millis period{1000};
  friend bool operator==(const Rate&, const Rate&) = default;
};

// After `failures` in a row nothing is asked for `wait`; then one request goes first.
struct Breaker {
  std::uint32_t failures = 0;  // 0: there is none
  base::Millis wait{30'000};
  friend bool operator==(const Breaker&, const Breaker&) = default;
};

// What a configuration says of the requests of one source.
struct RequestOptions {
  RetryOptions retry;
  Rate rate;
  Breaker breaker;
};

// What became of the requests of one run of a source. Whoever reads it may be a moment behind.
struct RequestTally {
  std::atomic<std::uint64_t> requests{0};     // sent, redirects and retries counted
  std::atomic<std::uint64_t> retries{0};      // begun once more
  std::atomic<std::uint64_t> delayed{0};      // begun later, for a rate
  std::atomic<std::uint64_t> turned_away{0};  // not sent: the host or the source is left alone
};

struct Requester {
  std::string name;  // those of one name share a rate and a breaker, from one run to the next
  RequestOptions options;
  mutable RequestTally tally;
};
using RequesterPtr = std::shared_ptr<const Requester>;

}  // namespace freshet::ports
