#include "core/backup/request.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "core/backup/bucket.hpp"
#include "core/backup/folder.hpp"
#include "core/host/secrets.hpp"

namespace freshet::backup {
namespace {

using base::Code;
using base::Result;
using base::Status;

// The text itself may be the secret: it is not repeated.
Status check_reference(const std::string& text, const std::string& path) {
  if (host::is_secret_reference(text)) return {};
  return base::fail(Code::invalid_argument,
                    "is not a reference to a secret: write \"env:NAME\" or \"file:/path\"", path);
}

Result<std::string> read(const std::string& reference, const char* option,
                         const host::WarnOfSecret& warn) {
  FRESHET_TRY(check_reference(reference, option));
  return host::read_secret_at(option, reference, warn);
}

// Of a place, wherever it is named.
void read_place(base::ObjectReader& in, Request& request, std::int64_t& keep) {
  in.integer("keep", keep, 0, 100'000);
  in.text("endpoint", request.endpoint);
  in.text("region", request.region);
  in.text("access_key", request.access_key);
  in.text("secret_key", request.secret_key);
  in.text("session_token", request.session_token);
  in.duration("orphan_grace", request.orphan_grace);
}

Status check_target(const std::string& target, const std::string& name) {
  if (target.empty()) return base::fail(Code::invalid_argument, "is empty", name);
  if (is_bucket(target)) return check_bucket(target, name);
  if (target.find("://") == std::string::npos) return {};
  return base::fail(Code::invalid_argument,
                    "is no place for a backup: give a directory or s3://BUCKET/PREFIX", name);
}

// Of a role, as machines and pods have one; most have none.
std::string usual_token() {
  constexpr const char* name = "AWS_SESSION_TOKEN";
  const char* const token = std::getenv(name);
  return token != nullptr && *token != '\0' ? fmt::format("env:{}", name) : std::string();
}

}  // namespace

Result<Request> parse_request(const base::Json& options) {
  Request request;
  std::int64_t keep = 0;
  base::ObjectReader in(options, "");
  read_place(in, request, keep);
  in.text("snapshot", request.snapshot);
  in.flag("allow_shared", request.allow_shared);
  in.with("http", [&](const base::Json& value, const std::string& path) -> base::Status {
    FRESHET_ASSIGN(request.http, net::parse_options(value, path));
    return {};
  });
  FRESHET_TRY(in.finish());
  request.keep = static_cast<std::size_t>(keep);
  return request;
}

Status check_configured(const base::Json& options, const std::string& path) {
  Request request;
  std::int64_t keep = 0;
  std::string target;
  base::ObjectReader in(options, path);
  in.text("target", target);
  read_place(in, request, keep);
  FRESHET_TRY(in.finish());
  const auto at = [&](const char* key) { return base::join_path(path, key); };
  if (options.contains("target")) FRESHET_TRY(check_target(target, at("target")));
  FRESHET_TRY(check_region(request.region, at("region")));
  if (!request.endpoint.empty()) FRESHET_TRY(check_endpoint(request.endpoint, at("endpoint")));
  FRESHET_TRY(check_reference(request.access_key, at("access_key")));
  FRESHET_TRY(check_reference(request.secret_key, at("secret_key")));
  return request.session_token.empty()
             ? Status{}
             : check_reference(request.session_token, at("session_token"));
}

Result<std::unique_ptr<Place>> open_place(const std::string& target, const Request& request,
                                          ports::Http& http, bool create,
                                          const host::WarnOfSecret& warn) {
  FRESHET_TRY(check_target(target, target.empty() ? "target" : target));
  if (!is_bucket(target)) return open_folder(target, create, request.allow_shared);
  BucketOptions options;
  options.endpoint = request.endpoint;
  options.region = request.region;
  options.patience = request.orphan_grace;
  FRESHET_ASSIGN(options.key_id, read(request.access_key, "access_key", warn));
  FRESHET_ASSIGN(options.secret, read(request.secret_key, "secret_key", warn));
  const bool usual = request.access_key == Request().access_key && request.session_token.empty();
  const std::string token = usual ? usual_token() : request.session_token;
  if (!token.empty()) {
    FRESHET_ASSIGN(options.session_token, read(token, "session_token", warn));
  }
  return open_bucket(target, std::move(options), http);
}

}  // namespace freshet::backup
