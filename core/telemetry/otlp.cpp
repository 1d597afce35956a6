#include "core/telemetry/otlp.hpp"

#include <algorithm>

namespace freshet::telemetry {
namespace {

using base::Json;

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}
bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

std::string nanoseconds(base::Instant at) { return std::to_string(at.ms) + "000000"; }

// A number of 64 bits is a text in OTLP's JSON.
Json value_of(const Json& value) {
  if (value.is_boolean()) return {{"boolValue", value}};
  if (value.is_number()) return {{"intValue", value.dump()}};
  return {{"stringValue", value}};
}

Json attributes_of(const Attributes& attributes) {
  Json list = Json::array();
  for (const auto& [key, value] : attributes)
    list.push_back({{"key", key}, {"value", value_of(value)}});
  return list;
}

Json resource_of(const std::string& service_name) {
  return {{"attributes", attributes_of({{"service.name", service_name},
                                        {"service.version", FRESHET_VERSION},
                                        {"telemetry.sdk.language", "cpp"}})}};
}

Json scope() { return {{"name", "freshet"}, {"version", FRESHET_VERSION}}; }

Json to_json(const Span& span) {
  constexpr int internal = 1, wrong = 2, sampled = 1;
  Json json{{"traceId", span.trace},
            {"spanId", span.id},
            {"flags", sampled},
            {"name", span.name},
            {"kind", internal},
            {"startTimeUnixNano", nanoseconds(span.began)},
            {"endTimeUnixNano", nanoseconds(span.ended)},
            {"attributes", attributes_of(span.attributes)}};
  if (!span.parent.empty()) json["parentSpanId"] = span.parent;
  for (const std::string& each : span.links)
    json["links"].push_back({{"traceId", span.trace}, {"spanId", each}, {"flags", sampled}});
  if (!span.error.empty()) json["status"] = {{"code", wrong}, {"message", span.error}};
  return json;
}

Json to_json(const Counter& counter, base::Instant since, base::Instant now) {
  constexpr int cumulative = 2;
  const Json point{{"attributes", attributes_of(counter.attributes)},
                   {"startTimeUnixNano", nanoseconds(since)},
                   {"timeUnixNano", nanoseconds(now)},
                   {"asInt", std::to_string(counter.value)}};
  return {{"name", counter.name},
          {"unit", counter.unit},
          {"sum",
           {{"aggregationTemporality", cumulative},
            {"isMonotonic", true},
            {"dataPoints", Json::array({point})}}}};
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return {};
  const auto version = text.substr(0, 2), trace = text.substr(3, 32), span = text.substr(36, 16),
             flags = text.substr(53, 2);
  for (const auto part : {version, trace, span, flags})
    if (!is_hex(part)) return {};
  const bool longer = version == "00" ? text.size() > 55 : text.size() > 55 && text[55] != '-';
  if (version == "ff" || longer || is_zero(trace) || is_zero(span)) return {};
  const bool sampled = std::string_view("13579bdf").find(flags[1]) != std::string_view::npos;
  return TraceContext{std::string(trace), std::string(span), sampled};
}

base::Result<std::optional<TraceContext>> take_traceparent(base::Json& config) {
  const auto found = config.find("traceparent");
  if (found == config.end()) return std::nullopt;
  const base::Json value = *found;
  config.erase(found);
  std::optional<TraceContext> context;
  if (value.is_string()) context = parse_traceparent(value.get_ref<const std::string&>());
  if (context) return context;
  return base::fail(
      base::Code::invalid_argument,
      "is no trace context: write 00-TRACE-SPAN-01, as the header of that name has it",
      "traceparent");
}

std::string spans_request(const std::vector<Span>& spans, const std::string& service_name) {
  Json list = Json::array();
  for (const Span& span : spans) list.push_back(to_json(span));
  const Json scoped{{"scope", scope()}, {"spans", std::move(list)}};
  const Json of_one{{"resource", resource_of(service_name)}, {"scopeSpans", Json::array({scoped})}};
  return base::dump_json({{"resourceSpans", Json::array({of_one})}});
}

std::string metrics_request(const std::vector<Counter>& counters, base::Instant since,
                            base::Instant now, const std::string& service_name) {
  Json list = Json::array();
  for (const Counter& counter : counters) list.push_back(to_json(counter, since, now));
  const Json scoped{{"scope", scope()}, {"metrics", std::move(list)}};
  const Json of_one{{"resource", resource_of(service_name)},
                    {"scopeMetrics", Json::array({scoped})}};
  return base::dump_json({{"resourceMetrics", Json::array({of_one})}});
}

}  // namespace freshet::telemetry
