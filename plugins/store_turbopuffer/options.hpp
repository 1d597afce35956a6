// store_turbopuffer/options.hpp - the options, read. docs/stores.md explains them, the manifest gives
// their defaults and has been kept to.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <freshet/sdk/call.hpp>
#include <freshet/sdk/json.hpp>

namespace store_turbopuffer {

namespace sdk = freshet::sdk;
using Json = nlohmann::json;

struct Options {
  std::string url;  // without a slash at its end
  std::string key;  // a reference
  std::string prefix;
  std::string metric;  // cosine_distance or euclidean_squared
  std::string language;
  std::map<std::string, std::string> attributes;  // types by keys of the metadata
  std::uint32_t max_batch = 1, max_request = 1, concurrent_writes = 1;
  bool disable_backpressure = false;
  bool eventual = false;
  std::int64_t timeout_ms = 0;
};

// Throws FRESHET_E_INVALID_ARGUMENT where they contradict each other.
Options options_of(const Json& json);

}  // namespace store_turbopuffer
