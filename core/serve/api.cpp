#include "core/serve/api.hpp"

#include <fmt/format.h>

#include <charconv>

#include "core/host/redactor.hpp"
#include "core/serve/metrics.hpp"
#include "core/serve/page.hpp"
#include "core/serve/roots.hpp"
#include "core/service/status.hpp"
#include "core/sync/explain.hpp"
#include "core/sync/trigger.hpp"

namespace freshet::serve {
namespace {

using base::Code;
using base::Json;
using base::Result;

constexpr const char* page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// With what every answer says to browsers: nothing of it is for another page.
Response finished(Response response) {
  for (const auto& [name, value] : {std::pair{"X-Content-Type-Options", "nosniff"},
                                    {"X-Frame-Options", "DENY"},
                                    {"Cache-Control", "no-store"},
                                    {"Referrer-Policy", "no-referrer"},
                                    {"Cross-Origin-Resource-Policy", "same-origin"},
                                    {"Cross-Origin-Opener-Policy", "same-origin"},
                                    {"Content-Security-Policy", page_policy}})
    response.headers.emplace_back(name, value);
  return response;
}

Response failed(int status, const base::Error& error) {
  const base::Error clean = host::redactor().clean(error);
  Json told{{"code", base::code_name(clean.code)}, {"message", clean.message}};
  if (!clean.subject.empty()) told["subject"] = clean.subject;
  Response response{status, "application/json", base::dump_json({{"error", told}}) + "\n", {}};
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return finished(std::move(response));
}

int status_of(Code code) {
  switch (code) {
    case Code::invalid_argument:
    case Code::parse:
      return 400;
    case Code::denied:
      return 403;
    case Code::not_found:
      return 404;
    case Code::busy:
    case Code::excluded:
      return 409;
    case Code::limit:
      return 413;
    default:
      return 500;
  }
}

Response json_response(const Json& json, int status = 200) {
  return {status, "application/json", base::dump_json(json) + "\n", {}};
}

// A parameter that is a number; `by_default` where it is absent.
Result<std::uint64_t> number_of(const Request& request, const char* name, std::uint64_t by_default,
                                std::uint64_t least, std::uint64_t most) {
  const std::string_view text = request.parameter(name);
  if (text.empty()) return by_default;
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value < least ||
      value > most)
    return base::fail(Code::invalid_argument,
                      fmt::format("is not a number from {} to {}", least, most), name);
  return value;
}

bool is_json(std::string_view type) { return type.substr(0, type.find(';')) == "application/json"; }

// What the service says of a source beside what the repository does; null where it has none.
Json with_statistics(Json source, const Json& statistics) {
  source["configured"] = false;
  for (const Json& each : statistics["sources"]) {
    if (each["name"] != source["name"]) continue;
    source["configured"] = true;
    for (const char* key : {"running", "schedule", "next_listing", "next_due", "last_error",
                            "success_rate", "lag_ms", "ended", "failed"})
      source[key] = each[key];
  }
  return source;
}

bool has_name(const Json& sources, const Json& name) {
  for (const Json& source : sources)
    if (source["name"] == name) return true;
  return false;
}

}  // namespace

Api::Api(std::shared_ptr<service::Session> session, std::shared_ptr<service::Service> service,
         std::shared_ptr<Live> live, Settings settings)
    : session_(session),
      service_(service),
      live_(std::move(live)),
      hooks_(std::move(session), std::move(service)),
      settings_(std::make_shared<const Settings>(std::move(settings))) {}

void Api::use(Settings settings) {
  auto next = std::make_shared<const Settings>(std::move(settings));
  const std::lock_guard lock(mutex_);
  settings_ = std::move(next);
}

std::shared_ptr<const Settings> Api::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

const std::vector<Api::Route>& Api::routes() {
  static const std::vector<Route> all = {
      {"/", "GET", true, &Api::page},
      {"/dashboard.css", "GET", true, &Api::page},
      {"/dashboard.js", "GET", true, &Api::page},
      {"/healthz", "GET", true, &Api::health},
      {"/metrics", "GET", false, &Api::metrics},
      {"/api/v1/status", "GET", false, &Api::status},
      {"/api/v1/sources", "GET", false, &Api::sources},
      {"/api/v1/runs", "GET", false, &Api::runs},
      {"/api/v1/runs/", "GET", false, &Api::run},
      {"/api/v1/roots", "GET", false, &Api::roots},
      {"/api/v1/explain", "GET", false, &Api::explain},
      {"/api/v1/events", "GET", false, &Api::events},
      {"/api/v1/trigger", "POST", false, &Api::trigger},
      {"/hooks/github", "POST", true, &Api::github},
      {"/hooks/gitlab", "POST", true, &Api::gitlab},
      {"/hooks/generic", "POST", true, &Api::generic},
  };
  return all;
}

const Api::Route* Api::find_route(const Request& request, bool any_method) {
  std::string_view method = request.method;
  if (method == "HEAD") method = "GET";
  for (const Route& route : routes()) {
    const bool below = route.path.size() > 1 && route.path.ends_with('/');
    if (below ? !request.path.starts_with(route.path) : request.path != route.path) continue;
    if (any_method || route.method == method) return &route;
  }
  return nullptr;
}

Response Api::admit(const Request& head) {
  const auto now = settings();
  if (const base::Status origin = now->gatekeeper.check_origin(head); !origin)
    return failed(403, origin.error());
  const Route* route = find_route(head, true);
  if (route == nullptr) return refuse(404);
  if (find_route(head, false) == nullptr) {
    Response response = refuse(405);
    response.headers.emplace_back("Allow", route->method == "GET" ? "GET, HEAD" : route->method);
    return response;
  }
  if (!route->open)
    if (const base::Status token = now->gatekeeper.check_token(head); !token)
      return failed(401, token.error());
  // Which no page of another origin can send without asking first.
  if (head.method == "POST" && !is_json(head.header("content-type")))
    return failed(415,
                  base::make_error(Code::unsupported, "is not application/json", "Content-Type"));
  return {};
}

Response Api::answer(const Request& request) {
  const Route* route = find_route(request, false);
  if (route == nullptr) return refuse(404);
  auto response = (this->*route->handler)(request);
  if (response) return finished(*std::move(response));
  return failed(status_of(response.error().code), response.error());
}

Response Api::refuse(int status) {
  const auto say = [&](Code code, const char* message) {
    return failed(status, base::make_error(code, message, "request"));
  };
  switch (status) {
    case 400:
      return say(Code::invalid_argument, "is not well-formed HTTP");
    case 404:
      return say(Code::not_found, "names nothing that is here");
    case 405:
      return say(Code::unsupported, "has a method that is not taken here");
    case 408:
      return say(Code::timeout, "did not arrive in time");
    case 411:
      return say(Code::invalid_argument, "has no Content-Length");
    case 413:
      return say(Code::limit, "has a body that is too large");
    case 414:
    case 431:
      return say(Code::limit, "has an address or headers that are too long");
    case 415:
      return say(Code::unsupported, "has a body that is encoded");
    case 503:
      return say(Code::busy, "is one too many of those that go on");
    default:
      return say(Code::internal, "could not be answered");
  }
}

Result<Response> Api::health(const Request&) {
  FRESHET_ASSIGN(const Json statistics, service_->statistics());
  const bool running = statistics["running"].get<bool>();
  return json_response({{"status", running ? "ok" : "stopped"}}, running ? 200 : 503);
}

Result<Response> Api::metrics(const Request&) {
  FRESHET_ASSIGN(const Json status, service::status_json(*session_->repository));
  FRESHET_ASSIGN(const Json statistics, service_->statistics());
  return Response{200, metrics_type, metrics_text(status, statistics, hooks_.counts()), {}};
}

Result<Response> Api::status(const Request&) {
  FRESHET_ASSIGN(Json out, service::status_json(*session_->repository));
  FRESHET_ASSIGN(out["service"], service_->statistics());
  return json_response(out);
}

// Those of the repository first; then those that have not been listed yet.
Result<Response> Api::sources(const Request&) {
  FRESHET_ASSIGN(const Json known, service::list_sources(*session_->repository));
  FRESHET_ASSIGN(const Json statistics, service_->statistics());
  Json out = Json::array();
  for (const Json& source : known) out.push_back(with_statistics(source, statistics));
  for (const Json& each : statistics["sources"])
    if (!has_name(known, each["name"]))
      out.push_back(with_statistics({{"name", each["name"]},
                                     {"loader", nullptr},
                                     {"roots", 0},
                                     {"held", 0},
                                     {"due", 0},
                                     {"listed", ""},
                                     {"note", ""}},
                                    statistics));
  return json_response({{"sources", std::move(out)}});
}

Result<Response> Api::runs(const Request& request) {
  FRESHET_ASSIGN(const auto limit, number_of(request, "limit", 20, 1, 200));
  FRESHET_ASSIGN(const auto before, number_of(request, "before", UINT64_MAX, 1, UINT64_MAX));
  FRESHET_ASSIGN(const Json runs, service::list_runs(*session_->repository, limit, before));
  return json_response(runs);
}

Result<Response> Api::run(const Request& request) {
  constexpr std::string_view above = "/api/v1/runs/";
  Request named;
  named.parameters["id"] = request.path.substr(above.size());
  FRESHET_ASSIGN(const auto id, number_of(named, "id", 0, 0, UINT64_MAX));
  FRESHET_ASSIGN(const Json run, service::find_run(*session_->repository, id));
  return json_response(run);
}

Result<Response> Api::roots(const Request& request) {
  RootsAsked asked;
  FRESHET_ASSIGN(asked.limit, number_of(request, "limit", 100, 1, 1'000));
  const std::string_view after = request.parameter("after");
  const auto digest = base::Digest::from_hex(after);
  if (!after.empty() && !digest)
    return base::fail(Code::invalid_argument, "is no \"next\" of a page before", "after");
  asked.after = digest.value_or(base::Digest());
  const std::string_view failing = request.parameter("failing");
  if (!failing.empty() && failing != "true" && failing != "false")
    return base::fail(Code::invalid_argument, "is not true or false", "failing");
  asked.failing = failing == "true";
  FRESHET_ASSIGN(const Json roots, list_roots(*session_->repository, asked));
  return json_response(roots);
}

Result<Response> Api::explain(const Request& request) {
  const std::string uri(request.parameter("uri"));
  if (uri.empty()) return base::fail(Code::invalid_argument, "is missing", "uri");
  const auto plan = service_->plan();
  FRESHET_ASSIGN(const Json told, sync::explain(session_->context(), &plan->config, uri, {}));
  return json_response(told);
}

Result<Response> Api::events(const Request& request) {
  Response response{200, "text/event-stream", {}, {}, {{"X-Accel-Buffering", "no"}}};
  if (request.method != "HEAD") response.stream = live_->watch();
  return response;
}

// {"uri"}, {"prefix"} or {"source"}, and "reason".
Result<Json> Api::ask(const Json& body) {
  std::string uri, prefix, source, reason = "asked for over HTTP";
  bool all = false;
  base::ObjectReader in(body, "");
  in.text("uri", uri);
  in.text("prefix", prefix);
  in.text("source", source);
  in.flag("all", all);
  in.text("reason", reason);
  FRESHET_TRY(in.finish());
  if (!uri.empty() + !prefix.empty() + !source.empty() + all != 1)
    return base::fail(Code::invalid_argument,
                      R"(names not exactly one of "uri", "prefix", "source" and "all")", "body");
  repository::Repository& repository = *session_->repository;
  if (!source.empty() || all) {
    FRESHET_TRY(service_->trigger(source));
    return Json{{"accepted", true}};
  }
  if (!prefix.empty()) {
    FRESHET_ASSIGN(const auto count, sync::trigger_prefix(repository, prefix, reason));
    return Json{{"accepted", true}, {"triggers", count}};
  }
  FRESHET_TRY(repository.write(
      [&](repository::Writer& writer) { return writer.put_trigger(uri, reason); }));
  return Json{{"accepted", true}, {"triggers", 1}};
}

Result<Response> Api::trigger(const Request& request) {
  FRESHET_ASSIGN(const Json body, base::parse_json(request.body, "the body"));
  FRESHET_ASSIGN(const Json done, ask(body));
  return json_response(done, 202);
}

Result<Response> Api::hook(HookKind kind, const Request& request) {
  const std::string secret = settings()->secret(kind);
  if (secret.empty())
    return base::fail(Code::not_found, "has no secret: such hooks are not taken",
                      fmt::format("service.hooks.{}", name_of(kind)));
  FRESHET_ASSIGN(const Json done, hooks_.take(kind, request, secret));
  return json_response(done, 202);
}
Result<Response> Api::github(const Request& request) { return hook(HookKind::github, request); }
Result<Response> Api::gitlab(const Request& request) { return hook(HookKind::gitlab, request); }
Result<Response> Api::generic(const Request& request) { return hook(HookKind::generic, request); }

Result<Response> Api::page(const Request& request) {
  if (request.path == "/dashboard.css")
    return Response{200, "text/css; charset=utf-8", std::string(dashboard_css), {}};
  if (request.path == "/dashboard.js")
    return Response{200, "text/javascript; charset=utf-8", std::string(dashboard_js), {}};
  return Response{200, "text/html; charset=utf-8", std::string(dashboard_html), {}};
}

}  // namespace freshet::serve
