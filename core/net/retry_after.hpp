// core/net/retry_after.hpp - reads the Retry-After header, and Retry-After-Ms, which some services send.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/instant.hpp"

namespace freshet::net {

// Seconds, or a date in one of HTTP's three forms, as a wait from `now`, at most `cap`. A date in
// the past is no wait at all (0). Nothing for what is neither: the caller then waits as it would
// have.
std::optional<base::Millis> parse_retry_after(std::string_view value, base::Instant now,
                                              base::Millis cap);

// The same of milliseconds; what is behind a point is rounded up.
std::optional<base::Millis> parse_retry_after_ms(std::string_view value, base::Millis cap);

// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994".
std::optional<base::Instant> parse_http_date(std::string_view text);

}  // namespace freshet::net
