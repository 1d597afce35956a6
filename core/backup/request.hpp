// core/backup/request.hpp - the options of a backup, a list of snapshots and a restore, read; and the
// place that they mean.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/backup/place.hpp"
#include "core/base/json.hpp"
#include "core/host/secrets.hpp"
#include "core/net/options.hpp"
#include "core/ports/http.hpp"

namespace freshet::backup {

struct Request {
  std::size_t keep = 0;  // snapshots; 0: all
  std::string snapshot;  // an id or its front; empty: the last
  bool allow_shared = false;
  std::string endpoint, region = "us-east-1";
  // References: "env:NAME", "file:/path". The token may be missing.
  std::string access_key = "env:AWS_ACCESS_KEY_ID", secret_key = "env:AWS_SECRET_ACCESS_KEY",
              session_token;
  base::Millis orphan_grace{3'600'000};
  net::ClientOptions http;
};

base::Result<Request> parse_request(const base::Json& options);

// Looks through what a configuration says of backups under `path`: the options of one, and "target".
// Opens nothing, and reads no secret.
base::Status check_configured(const base::Json& options, const std::string& path);

// `create`: a directory that is missing is made. `http` is borrowed. `warn` hears of a secret's file that
// others may read.
base::Result<std::unique_ptr<Place>> open_place(const std::string& target, const Request& request,
                                                ports::Http& http, bool create,
                                                const host::WarnOfSecret& warn);

}  // namespace freshet::backup
