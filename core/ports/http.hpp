// core/ports/http.hpp - the one HTTP client of a process, as its users see it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/instant.hpp"
#include "core/ports/requester.hpp"

namespace freshet::ports {

struct HttpHeader {
  std::string name;
  std::string value;
};

// Whose key signs a request to S3 or what speaks like it (AWS Signature Version 4).
struct Signing {
  std::string region, key_id, secret;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<HttpHeader> headers;  // all of them are dropped when a redirect leaves the origin
  std::string body;
  std::uint64_t max_bytes = 0;  // of the decoded body; 0: the client's default
  base::Millis timeout{0};      // for one attempt, whole; 0: the client's default
  base::Millis pace{0};         // least time between two requests to this host; 0: none asked
  int max_attempts = 0;         // 0: the client's default
  bool robots = false;          // ask robots.txt first, and keep its Crawl-delay
  bool idempotent = true;       // may be repeated; false for a POST that may not
  bool refusals = false;        // 429 and 5xx are answers, too, and are not tried again
  // Origins ("https://host:port") that the configuration itself named: there, and only there, the
  // connected address may be private.
  std::vector<std::string> private_origins;
  RequesterPtr requester;  // null: as the client's options say
  // Hears why an attempt failed that another one follows, on the thread of the transfers: it may not
  // block. May be empty.
  std::function<void(const base::Error&)> on_retry;
  // Null: it is not signed. Its path and query are signed as they stand: normalised, the query in the
  // order of its names. It is not signed for another origin.
  std::shared_ptr<const Signing> signing;
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;  // of the last response; names in lower case
  std::string body;                 // decoded
  std::string url;                  // after redirects, normalised
  int redirects = 0;
  int attempts = 1;
  bool permanent_redirect = false;  // every redirect on the way was a 301 or 308
  std::optional<base::Instant> date{}, last_modified{};  // of the headers of these names

  // The first value of `name` (lower case), or "".
  std::string_view header(std::string_view name) const;
};

// What has gone over the wire, since the client was made.
struct HttpCounters {
  std::uint64_t requests = 0;      // sent, redirects and retries counted
  std::uint64_t not_modified = 0;  // answered 304
  std::uint64_t bytes = 0;         // of bodies, as received
  std::uint64_t retries = 0;       // requests that were begun once more
  std::uint64_t turned_away = 0;   // not sent: their host asked to be left alone, or kept failing
  std::uint64_t delayed = 0;       // begun later than they could have, for a rate
};

// A host that asked to be left alone.
struct HostHold {
  std::string host;  // and port, where it is another than the scheme's
  base::Instant until;
};

// Thread-safe. send() blocks its caller; the transfers themselves run on one thread.
class Http {
 public:
  virtual ~Http() = default;

  // Returns any response that is an answer: 2xx, 304, 4xx, and refusals as asked. What is to be tried again (transport
  // failures, 408, 429, 5xx) was tried again when it returns as an error, with a retry hint.
  virtual base::Result<HttpResponse> send(const HttpRequest& request,
                                          const base::Cancel& cancel) = 0;

  // All at once, within the limits a host has; `done` is called for each as it ends, one at a time.
  virtual void send_many(
      std::span<const HttpRequest> requests, const base::Cancel& cancel,
      const std::function<void(std::size_t, base::Result<HttpResponse>)>& done) = 0;

  // `reference` seen from `base_url` (empty: absolute already), normalised: scheme and host in
  // lower case, default port, dot segments and fragment removed. Only http and https; userinfo is
  // refused.
  virtual base::Result<std::string> resolve(std::string_view base_url,
                                            std::string_view reference) const = 0;

  virtual HttpCounters counters() const = 0;

  // Those that were not over when they came, since the client was made; and those that another client
  // knows of.
  virtual std::vector<HostHold> holds() const { return {}; }
  virtual void hold(std::span<const HostHold>) {}
};

}  // namespace freshet::ports
