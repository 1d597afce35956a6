#include "core/telemetry/options.hpp"

#include <cstdlib>

#include "core/base/text.hpp"
#include "core/host/redactor.hpp"
#include "core/host/secrets.hpp"

namespace freshet::telemetry {
namespace {

using base::Code;
using base::Status;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

// "a=1,b=2"
void take_header_list(std::string_view list, std::map<std::string, std::string>& out) {
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    const auto equals = one.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string value(base::trim(one.substr(equals + 1)));
    host::redactor().remember(value);
    out.emplace(base::trim(one.substr(0, equals)), value);
  }
}

// A header of an endpoint is a key to it, more often than not: by reference, as all secrets.
Status resolve(std::map<std::string, std::string>& headers, const std::string& path,
               const host::WarnOfSecret& warn) {
  for (auto& [name, value] : headers) {
    if (value.find("env:") == std::string::npos && value.find("file:") == std::string::npos)
      continue;
    FRESHET_ASSIGN(value, host::read_secret_at(base::join_path(path, name), value, warn));
  }
  return {};
}

Status read_headers(const base::Json& json, const std::string& path, Options& options,
                    const host::WarnOfSecret& warn) {
  if (!json.is_object())
    return base::fail(Code::invalid_argument, "is not an object of texts", path);
  for (const auto& [name, value] : json.items()) {
    if (!value.is_string())
      return base::fail(Code::invalid_argument, "is not a text", base::join_path(path, name));
    options.headers[name] = value.get<std::string>();
  }
  return resolve(options.headers, path, warn);
}

void take_environment(Options& options, bool named) {
  if (options.endpoint.empty()) options.endpoint = variable("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (options.headers.empty())
    take_header_list(variable("OTEL_EXPORTER_OTLP_HEADERS"), options.headers);
  if (const std::string name = variable("OTEL_SERVICE_NAME"); !named && !name.empty())
    options.service_name = name;
}

}  // namespace

base::Result<Options> parse_options(const base::Json& json, const std::string& path,
                                    const host::WarnOfSecret& warn) {
  Options options;
  bool environment = false;
  base::ObjectReader in(json, path);
  in.text("endpoint", options.endpoint);
  in.text("service_name", options.service_name);
  in.flag("environment", environment);
  in.with("headers", [&](const base::Json& value, const std::string& where) {
    return read_headers(value, where, options, warn);
  });
  FRESHET_TRY(in.finish());
  if (environment) take_environment(options, json.contains("service_name"));
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  const bool http =
      options.endpoint.starts_with("http://") || options.endpoint.starts_with("https://");
  if (options.endpoint.empty() || http) return options;
  return base::fail(Code::invalid_argument, "is not the URL of a collector: write http://HOST:4318",
                    path + ".endpoint");
}

}  // namespace freshet::telemetry
