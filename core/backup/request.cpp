#include "core/backup/request.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "core/backup/bucket.hpp"
#include "core/backup/folder.hpp"
#include "core/host/redactor.hpp"
#include "core/host/secrets.hpp"

namespace freshet::backup {
namespace {

using base::Code;
using base::Result;

// What stands there is masked from here on.
Result<std::string> read(const std::string& reference, const char* option) {
  if (!host::is_secret_reference(reference))
    return base::fail(Code::denied,
                      "is not a reference to a secret: write \"env:NAME\" or \"file:/path\"",
                      option);
  auto found = host::read_secret(
      reference, {[](const std::string& secret) { host::redactor().remember(secret); }, {}});
  if (!found) return base::wrap("cannot be read", option, std::move(found).error());
  return found;
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
  in.integer("keep", keep, 0, 100'000);
  in.text("snapshot", request.snapshot);
  in.flag("allow_shared", request.allow_shared);
  in.text("endpoint", request.endpoint);
  in.text("region", request.region);
  in.text("access_key", request.access_key);
  in.text("secret_key", request.secret_key);
  in.text("session_token", request.session_token);
  in.duration("orphan_grace", request.orphan_grace);
  in.with("http", [&](const base::Json& value, const std::string& path) -> base::Status {
    FRESHET_ASSIGN(request.http, net::parse_options(value, path));
    return {};
  });
  FRESHET_TRY(in.finish());
  request.keep = static_cast<std::size_t>(keep);
  return request;
}

Result<std::unique_ptr<Place>> open_place(const std::string& target, const Request& request,
                                          ports::Http& http, bool create) {
  if (target.empty()) return base::fail(Code::invalid_argument, "is empty", "target");
  if (!is_bucket(target)) {
    if (const auto scheme = target.find("://"); scheme != std::string::npos)
      return base::fail(Code::invalid_argument,
                        "is no place for a backup: give a directory or s3://BUCKET/PREFIX", target);
    return open_folder(target, create, request.allow_shared);
  }
  BucketOptions options;
  options.endpoint = request.endpoint;
  options.region = request.region;
  options.patience = request.orphan_grace;
  FRESHET_ASSIGN(options.key_id, read(request.access_key, "access_key"));
  FRESHET_ASSIGN(options.secret, read(request.secret_key, "secret_key"));
  const bool usual = request.access_key == Request().access_key && request.session_token.empty();
  const std::string token = usual ? usual_token() : request.session_token;
  if (!token.empty()) {
    FRESHET_ASSIGN(options.session_token, read(token, "session_token"));
  }
  return open_bucket(target, std::move(options), http);
}

}  // namespace freshet::backup
