// freshet/sdk/call.hpp - one running call: failures, cancellation, HTTP, secrets, time and log lines.
//
// A plugin throws; the tables of the sdk turn what was thrown into a status and the host's fail().
// A Call is good until the plugin's function returns, and may be used from several threads.
#pragma once

#include <freshet/plugin/entry.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::sdk {

// Why a call fails: one factual line, and the thing at fault.
class Failure : public std::exception {
 public:
  Failure(freshet_status failed, std::string why, std::string at_fault = {},
          std::int64_t retry_ms = -1)
      : status(failed == FRESHET_OK ? FRESHET_E_PLUGIN : failed),
        message(std::move(why)),
        subject(std::move(at_fault)),
        retry_after_ms(retry_ms) {}
  const char* what() const noexcept override { return message.c_str(); }

  freshet_status status;
  std::string message;
  std::string subject;
  std::int64_t retry_after_ms;
  bool reported = false;  // the host knows more of it than this: its own words are kept
};

struct Header {
  std::string name;
  std::string value;
};

// Zeros mean the host's defaults, as in freshet_http_request.
struct Request {
  std::string url{};
  std::string method = "GET";
  std::vector<Header> headers{};
  std::string body{};
  std::uint64_t max_bytes = 0;
  std::int64_t timeout_ms = 0;
  std::int64_t pace_ms = 0;
  std::int32_t max_attempts = 0;
  bool robots = false;
  bool repeatable = true;
  bool own_server = false;  // on 127.0.0.1, started by this plugin
  bool refusals = false;  // 429 and 5xx are responses, too, and are not tried again
};

// 2xx, 304, 4xx, or a refusal that was asked for; everything else was thrown as a Failure.
struct Response {
  int status = 0;
  int redirects = 0;
  int attempts = 1;
  bool permanent_redirect = false;
  std::string url{};
  std::vector<Header> headers{};  // names in lower case
  std::string body{};
  std::optional<std::int64_t> date_ms{}, last_modified_ms{};  // of the headers of these names

  // The first value of `name` (lower case), or "".
  std::string_view header(std::string_view name) const {
    for (const Header& each : headers)
      if (each.name == name) return each.value;
    return {};
  }
};

namespace detail {

inline void report(const freshet_host& host, freshet_call* call, const Failure& failure) noexcept {
  if (failure.reported) return;
  host.fail(call, failure.status, failure.message.c_str(),
            failure.subject.empty() ? nullptr : failure.subject.c_str(), failure.retry_after_ms);
}

inline freshet_status report(const freshet_host& host, freshet_call* call, freshet_status status,
                             const char* message) noexcept {
  host.fail(call, status, message, nullptr, -1);
  return status;
}

// Runs `body` so that nothing it throws gets out.
template <typename Body>
freshet_status guarded(const freshet_host& host, freshet_call* call, Body&& body) noexcept {
  try {
    std::forward<Body>(body)();
    return FRESHET_OK;
  } catch (const Failure& failure) {
    report(host, call, failure);
    return failure.status;
  } catch (const std::bad_alloc&) {
    return report(host, call, FRESHET_E_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& problem) {
    return report(host, call, FRESHET_E_PLUGIN, problem.what());
  } catch (...) {
    return report(host, call, FRESHET_E_PLUGIN, "an exception of an unknown type");
  }
}

[[noreturn]] inline void throw_reported(freshet_status status, std::string message) {
  Failure failure(status, std::move(message));
  failure.reported = true;
  throw failure;
}

// Leaves the plugin's function where a sink of the host wants no more.
inline void heed(freshet_status status) {
  if (status != FRESHET_OK) throw_reported(status, "the host wants no more");
}

inline std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string() : text;
}

// A copy of what the host calls `name`, which may be smaller or larger than ours: members that it
// lacks are zero. What is smaller than `least` was never of version 1.
template <typename T>
T take(const T* from, std::size_t least, const char* name) {
  if (from == nullptr || from->struct_size < least)
    throw Failure(FRESHET_E_INVALID_ARGUMENT,
                  std::string(name) + ".struct_size is " +
                      std::to_string(from == nullptr ? 0 : from->struct_size) + ", at least " +
                      std::to_string(least));
  T copy{};
  std::memcpy(&copy, from, std::min(from->struct_size, sizeof(T)));
  return copy;
}

// Fills a struct of the host, which may be smaller than ours, as far as it goes.
template <typename T>
void give(T* to, T filled) {
  filled.struct_size = to->struct_size;
  std::memcpy(to, &filled, std::min(to->struct_size, sizeof(T)));
}

constexpr std::int64_t no_date = std::numeric_limits<std::int64_t>::min();

inline Response copy(const freshet_http_response* given) {
  const auto from = take(given, FRESHET_HTTP_RESPONSE_SIZE_1, "http_response");
  Response to;
  to.status = from.status;
  to.redirects = from.redirects;
  to.attempts = from.attempts;
  to.permanent_redirect = from.permanent_redirect != 0;
  to.url = text_or_empty(from.url);
  for (std::size_t i = 0; i < from.header_count; ++i)
    to.headers.push_back(
        {text_or_empty(from.headers[2 * i]), text_or_empty(from.headers[2 * i + 1])});
  if (from.date_ms != no_date) to.date_ms = from.date_ms;
  if (from.last_modified_ms != no_date) to.last_modified_ms = from.last_modified_ms;
  to.body.assign(static_cast<const char*>(from.body), from.body_size);
  return to;
}

// A request as the host takes it; it borrows from the Request.
struct Raw {
  explicit Raw(const Request& from) {
    for (const Header& each : from.headers) {
      headers.push_back(each.name.c_str());
      headers.push_back(each.value.c_str());
    }
    request.struct_size = sizeof request;
    request.method = from.method.c_str();
    request.url = from.url.c_str();
    request.headers = headers.data();
    request.header_count = from.headers.size();
    request.body = from.body.data();
    request.body_size = from.body.size();
    request.max_bytes = from.max_bytes;
    request.timeout_ms = from.timeout_ms;
    request.pace_ms = from.pace_ms;
    request.max_attempts = from.max_attempts;
    request.flags = (from.robots ? FRESHET_HTTP_ROBOTS : 0) |
                    (from.repeatable ? 0 : FRESHET_HTTP_NOT_REPEATABLE) |
                    (from.refusals ? FRESHET_HTTP_REFUSALS : 0) |
                    (from.own_server ? FRESHET_HTTP_OWN_SERVER : 0);
  }
  std::vector<const char*> headers;
  freshet_http_request request{};
};

// Runs a function of ours that the host calls; what it throws is kept until the host has returned.
class Carrier {
 public:
  template <typename Body>
  freshet_status run(Body&& body) noexcept {
    try {
      if (!thrown_) std::forward<Body>(body)();
    } catch (...) {
      thrown_ = std::current_exception();
    }
    return thrown_ ? FRESHET_E_PLUGIN : FRESHET_OK;
  }
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  std::exception_ptr thrown_;
};

}  // namespace detail

// How one of many requests ended: a response, or a status and why.
struct Outcome {
  freshet_status status = FRESHET_OK;
  Response response;    // on FRESHET_OK
  std::string message;  // otherwise
};

class Call {
 public:
  Call(const freshet_host& host, freshet_call* raw) : host_(&host), raw_(raw) {}
  freshet_call* raw() const { return raw_; }
  const freshet_host& host() const { return *host_; }

  // Says why, without leaving the function: for a listing that is good but not complete.
  void fail(const Failure& failure) const { detail::report(*host_, raw_, failure); }

  bool cancelled() const { return host_->cancelled(raw_) != 0; }
  // Throws when the call should stop.
  void check() const {
    if (cancelled()) throw Failure(FRESHET_E_CANCELLED, "cancelled");
  }

  // Throws what the host reports; a 4xx is a response.
  Response send(const Request& request) const;
  // `done` is called for each as it ends, one at a time. What it throws is thrown on when all
  // ended.
  void send_many(std::span<const Request> requests,
                 const std::function<void(std::size_t, Outcome)>& done) const;

  // The secret behind "env:NAME" or "file:/path", or a text with those behind its words
  // "secret:env:NAME" put in. Never log it.
  std::string secret(const std::string& reference) const;

  // `reference` seen from `base_url` (empty: it is absolute); nothing where it is not http or
  // https.
  std::optional<std::string> resolve(const std::string& base_url,
                                     const std::string& reference) const;

  void log(std::int32_t level, const std::string& message) const {
    host_->log(host_->self, level, message.c_str());
  }
  std::int64_t now_ms() const { return host_->now_ms(host_->self); }

 private:
  const freshet_host* host_;
  freshet_call* raw_;
};

namespace detail {

// What a table calls an instance: the object, and the host that it was opened with.
template <typename Base>
struct Held {
  freshet_host host;
  std::unique_ptr<Base> object;
};

// Runs `body` with the object and the call, so that nothing it throws gets out.
template <typename Base, typename Body>
freshet_status serve(void* instance, freshet_call* raw, Body&& body) noexcept {
  const auto& held = *static_cast<Held<Base>*>(instance);
  return guarded(held.host, raw, [&] {
    Call call(held.host, raw);
    body(*held.object, call);
  });
}

}  // namespace detail

inline Response Call::send(const Request& request) const {
  struct Answer {
    detail::Carrier carrier;
    Response response;
    std::string message;
  } answer;
  const detail::Raw raw(request);
  const auto take = [](void* payload, std::size_t, freshet_status,
                       const freshet_http_response* response, const char* message) {
    auto& to = *static_cast<Answer*>(payload);
    return to.carrier.run([&] {
      if (response != nullptr) to.response = detail::copy(response);
      to.message = detail::text_or_empty(message);
    });
  };
  const freshet_status status = host_->http_send(raw_, &raw.request, take, &answer);
  answer.carrier.rethrow();
  if (status != FRESHET_OK) detail::throw_reported(status, answer.message);
  return std::move(answer.response);
}

inline void Call::send_many(std::span<const Request> requests,
                            const std::function<void(std::size_t, Outcome)>& done) const {
  struct Work {
    const std::function<void(std::size_t, Outcome)>& done;
    detail::Carrier carrier;
  } work{done, {}};
  std::vector<detail::Raw> raws(requests.begin(), requests.end());
  std::vector<const freshet_http_request*> all;
  for (const detail::Raw& raw : raws) all.push_back(&raw.request);
  const auto take = [](void* payload, std::size_t index, freshet_status status,
                       const freshet_http_response* response, const char* message) {
    auto& to = *static_cast<Work*>(payload);
    return to.carrier.run([&] {
      Outcome outcome{status, {}, detail::text_or_empty(message)};
      if (response != nullptr) outcome.response = detail::copy(response);
      to.done(index, std::move(outcome));
    });
  };
  const freshet_status status = host_->http_send_many(raw_, all.data(), all.size(), take, &work);
  work.carrier.rethrow();
  if (status != FRESHET_OK) detail::throw_reported(status, "the requests could not be sent");
}

namespace detail {

inline freshet_status take_text(void* payload, const char* text) {
  auto& to = *static_cast<std::pair<Carrier, std::string>*>(payload);
  return to.first.run([&] { to.second = text_or_empty(text); });
}

}  // namespace detail

inline std::string Call::secret(const std::string& reference) const {
  std::pair<detail::Carrier, std::string> found;
  const freshet_status status = host_->secret(raw_, reference.c_str(), detail::take_text, &found);
  found.first.rethrow();
  if (status != FRESHET_OK) detail::throw_reported(status, "no such secret");
  return std::move(found.second);
}

inline std::optional<std::string> Call::resolve(const std::string& base_url,
                                                const std::string& reference) const {
  std::pair<detail::Carrier, std::string> found;
  const char* base = base_url.empty() ? nullptr : base_url.c_str();
  const freshet_status status =
      host_->url_resolve(host_->self, base, reference.c_str(), detail::take_text, &found);
  found.first.rethrow();
  if (status != FRESHET_OK) return std::nullopt;
  return std::move(found.second);
}

// What a 4xx (or an unexpected 3xx) means as a failure of the call.
inline Failure failure_of(const Response& response) {
  const std::string code = "HTTP status " + std::to_string(response.status);
  switch (response.status) {
    case 401:
    case 403:
    case 407:
      return Failure(FRESHET_E_DENIED, code, response.url);
    case 404:
    case 410:
      return Failure(FRESHET_E_GONE, code, response.url);
    case 413:
      return Failure(FRESHET_E_LIMIT, code, response.url);
    case 429:
      return Failure(FRESHET_E_RATE_LIMITED, code, response.url);
    default:
      return Failure(FRESHET_E_REMOTE, code, response.url);
  }
}

// What a 4xx of a service's API means for what it was asked to keep or to find: to failure_of(), which
// is about pages, a 404 is one that is gone.
inline freshet_status refusal_status(int http_status) {
  switch (http_status) {
    case 400:
      return FRESHET_E_INVALID_ARGUMENT;
    case 401:
    case 402:
    case 403:
    case 407:
      return FRESHET_E_DENIED;
    case 404:
      return FRESHET_E_NOT_FOUND;
    case 409:
      return FRESHET_E_BUSY;
    case 413:  // the body; the same rows go through in smaller parts
    case 422:  // a quota, or a row that the server cannot read
      return FRESHET_E_LIMIT;
    case 405:
    case 410:
      return FRESHET_E_VERSION;
    default:
      return FRESHET_E_REMOTE;
  }
}

}  // namespace freshet::sdk
