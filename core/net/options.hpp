// core/net/options.hpp - the limits and manners of the HTTP client, with their defaults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/instant.hpp"
#include "core/base/json.hpp"
#include "core/net/manners.hpp"
#include "core/ports/requester.hpp"

namespace freshet::net {

struct ClientOptions : Manners {
  ClientOptions();  // sets the user agent to the name and version of this build

  std::string user_agent;
  std::uint64_t max_bytes = 32u << 20;  // of a decoded body
  std::uint64_t max_ratio = 200;        // decoded to received, once ratio_floor bytes are decoded
  std::uint64_t ratio_floor = 1u << 20;
  int max_redirects = 10;
  std::size_t max_header_bytes = 64u << 10;  // of one response, 1xx answers and trailers included
  std::size_t max_header_lines = 256;
  base::Millis connect_timeout{10'000};  // name, TCP and TLS
  base::Millis first_byte{30'000};       // from the request until the headers are complete
  base::Millis timeout{120'000};         // one attempt, with its redirects
  std::uint64_t low_speed = 100;         // bytes a second of the body, over low_speed_time
  base::Millis low_speed_time{30'000};
  std::size_t total = 64;  // requests at once
  base::Millis retry_after_cap{86'400'000};
  base::Millis max_crawl_delay{60'000};
  std::string proxy;                       // empty: none, whatever the environment says
  std::string ca_file;                     // PEM; empty: the system's
  std::vector<std::string> allow_private;  // "10.1.2.0/24", "fd12::/16": may be connected to
  std::map<std::string, Manners> hosts;  // those that are treated otherwise: "host" or "host:port"

  const Manners& of(const std::string& host) const;
};

// Reads "retry":{"attempts","backoff","backoff_cap","delays","deadline"}, "rate" and "breaker" of an object
// where they are: of a source, or of all that say nothing of their own. Errors are the reader's.
void read_requests(base::ObjectReader& reader, ports::RequestOptions& out);

// Reads the object below the key "http" of a configuration. Fails with invalid_argument, naming the
// path of the value at fault.
base::Result<ClientOptions> parse_options(const base::Json& object, const std::string& path);

}  // namespace freshet::net
