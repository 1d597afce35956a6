// core/telemetry/otlp.hpp - spans and counters, and their form in OTLP over HTTP with JSON.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/instant.hpp"
#include "core/base/json.hpp"

namespace freshet::telemetry {

// Where in a trace something happens: as the header "traceparent" of W3C says it.
struct TraceContext {
  std::string trace;  // 32 hexadecimal digits
  std::string span;   // 16; of the parent
  bool sampled = true;
};
// Nothing where it is none.
std::optional<TraceContext> parse_traceparent(std::string_view text);

// Of the configuration of a run, which has it no more afterwards. Fails with invalid_argument.
base::Result<std::optional<TraceContext>> take_traceparent(base::Json& config);

using Attributes = std::map<std::string, base::Json>;  // texts, whole numbers, yes or no

struct Span {
  std::string trace, id, parent;  // parent: empty where it has none
  std::string name;
  base::Instant began, ended;
  Attributes attributes;
  std::string error;               // empty: it went well
  std::vector<std::string> links;  // spans of the same trace that it is about, too
};

// One number that only grows, since the process began.
struct Counter {
  std::string name, unit;
  Attributes attributes;
  std::uint64_t value = 0;
};

// What is sent: the body of one request.
std::string spans_request(const std::vector<Span>& spans, const std::string& service_name);
std::string metrics_request(const std::vector<Counter>& counters, base::Instant since,
                            base::Instant now, const std::string& service_name);

}  // namespace freshet::telemetry
