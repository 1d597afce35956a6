#include "core/net/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/redact.hpp"
#include "core/base/text.hpp"
#include "core/net/retry.hpp"
#include "core/net/retry_after.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Error;
using base::Millis;
using base::Status;
using ports::HttpHeader;

// Set by the client itself: from outside they would change where a request goes or where it ends.
constexpr std::array<std::string_view, 7> own_headers{
    "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "expect"};

// What may be told to another origin than the one that the request was for.
constexpr std::array<std::string_view, 3> harmless_headers{"accept", "accept-encoding",
                                                           "accept-language"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), base::to_lower(name)) != names.end();
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

bool is_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

// Servers of APIs know which of their troubles do not pass.
bool declines_retries(const Reply& reply) {
  return std::any_of(reply.headers.begin(), reply.headers.end(), [](const HttpHeader& header) {
    return header.name == "x-should-retry" && base::to_lower(header.value) == "false";
  });
}

Status check_header(const HttpHeader& header) {
  if (!is_name(header.name))
    return base::fail(Code::invalid_argument, "a header name is letters, digits and hyphens",
                      base::printable(base::to_utf8(header.name)));
  if (!is_value(header.value))
    return base::fail(Code::invalid_argument, "the value of a header has a control character in it",
                      header.name);
  if (is_one_of(own_headers, header.name))
    return base::fail(Code::invalid_argument, "is a header that the client sets itself",
                      header.name);
  return {};
}

Status check_method(std::string_view method) {
  const bool letters =
      !method.empty() && method.size() <= 20 &&
      std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (letters && method != "CONNECT" && method != "TRACE") return {};
  return base::fail(Code::invalid_argument,
                    "is not a method that can be sent: write GET, HEAD, POST, …",
                    base::printable(base::to_utf8(method.substr(0, 40))));
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Who names a host means the site, which may answer under "www." too: it is of the same owner.
std::string without_www(std::string origin) {
  const auto host = origin.find("://www.");
  return host == std::string::npos ? origin : origin.erase(host + 3, 4);
}

}  // namespace

Exchange::Exchange(const ports::HttpRequest& request, const base::Cancel& cancel,
                   const ClientOptions& options)
    : request_(request),
      cancel_(cancel),
      options_(options),
      max_redirects_(options.max_redirects) {}

void Exchange::restrict(int max_redirects, std::uint64_t take_first) {
  max_redirects_ = std::min(max_redirects_, max_redirects);
  take_first_ = take_first;
}

Status Exchange::begin() {
  FRESHET_TRY(check_method(request_.method));
  for (const HttpHeader& header : request_.headers) FRESHET_TRY(check_header(header));
  FRESHET_ASSIGN(Url url, parse_url(request_.url));
  method_ = request_.method;
  headers_ = request_.headers;
  set_url(std::move(url));
  return {};
}

void Exchange::set_url(Url url) {
  url_ = std::move(url);
  const std::string origin = without_www(url_.origin());
  may_private_ =
      std::any_of(request_.private_origins.begin(), request_.private_origins.end(),
                  [&](const std::string& one) {
                    return without_www(one) == origin || without_www(origin_of(one)) == origin;
                  });
}

bool Exchange::has_header(std::string_view name) const {
  return std::any_of(headers_.begin(), headers_.end(),
                     [&](const HttpHeader& header) { return base::to_lower(header.name) == name; });
}

Hop Exchange::hop() const {
  Hop hop;
  hop.url = &url_;
  hop.method = method_;
  hop.headers = &headers_;
  if (with_body_) hop.body = request_.body;
  hop.max_bytes = request_.max_bytes > 0 ? request_.max_bytes : options_.max_bytes;
  hop.take_first = take_first_;
  hop.patient = request_.timeout > Millis(0);
  hop.timeout = (hop.patient ? request_.timeout : options_.timeout) - spent_;
  hop.may_private = may_private_;
  hop.repeatable = request_.idempotent;
  if (signed_) hop.signing = request_.signing.get();
  return hop;
}

Next Exchange::advance(Outcome outcome, Millis elapsed, base::Instant now, double draw) {
  spent_ += elapsed;
  used_ += elapsed;
  hold_.reset();
  if (!outcome.reply) {
    Error error = std::move(outcome.reply).error();
    const bool may = may_retry({0, error.code, outcome.sent}, request_.idempotent);
    return again(std::move(error), may, draw);
  }
  return on_status(*std::move(outcome.reply), outcome.sent, now, draw);
}

Next Exchange::on_status(Reply reply, bool sent, base::Instant now, double draw) {
  const int status = reply.status;
  if (is_redirect(status)) return follow(std::move(reply));
  read_hold(reply, now);
  if (request_.refusals && (status == 429 || status >= 500)) return answer(std::move(reply));
  if (is_transient_status(status)) {
    Error error = status_error(status, {});
    const bool may = may_retry({status, error.code, sent}, request_.idempotent);
    return again(std::move(error), may && !declines_retries(reply), draw);
  }
  if (status == 304 && !has_header("if-none-match") && !has_header("if-modified-since"))
    return finish(base::make_error(Code::remote,
                                   "the server answered 304 to a request that had no validator"));
  if (status == 206 && !has_header("range"))
    return finish(
        base::make_error(Code::parse, "the server answered 206 to a request for the whole"));
  const bool an_answer =
      (status >= 200 && status < 300) || status == 304 || (status >= 400 && status < 500);
  if (an_answer) return answer(std::move(reply));
  if (status < 500)
    return finish(base::make_error(
        Code::parse, fmt::format("the server answered {}, which is no answer", status)));
  return finish(status_error(status, {}));
}

void Exchange::read_hold(const Reply& reply, base::Instant now) {
  if (reply.status != 429 && reply.status != 503) return;
  for (const HttpHeader& header : reply.headers) {
    const bool in_ms = header.name == "retry-after-ms";
    if (!in_ms && header.name != "retry-after") continue;
    const Millis cap = options_.retry_after_cap;
    const auto wait =
        in_ms ? parse_retry_after_ms(header.value, cap) : parse_retry_after(header.value, now, cap);
    if (wait && *wait > Millis(0)) hold_ = std::max(hold_.value_or(Millis(0)), *wait);
  }
}

// Another attempt if there is one left and it is worth it, or else the end.
Next Exchange::again(Error error, bool may, double draw) {
  const Manners& hosts = options_.of(url_.authority());
  const Manners manners =
      request_.requester != nullptr ? with(hosts, request_.requester->options.retry) : hosts;
  const int most = request_.max_attempts > 0 ? request_.max_attempts : manners.attempts;
  if (hold_) error.retry_after_ms = hold_->count();
  if (hold_ && *hold_ > manners.backoff_cap) {
    error.code = Code::rate_limited;
    error.message +=
        fmt::format(" and asked to be left alone for {}", base::format_duration(*hold_));
    return finish(std::move(error));
  }
  if (!may || attempt_ >= most) return finish(std::move(error));
  wait_ = hold_ ? *hold_ : wait_after(manners, attempt_, draw);
  used_ += wait_;
  if (manners.deadline > Millis(0) && used_ >= manners.deadline) {
    error.message += fmt::format(", and the {} for all attempts are over",
                                 base::format_duration(manners.deadline));
    return finish(std::move(error));
  }
  error.attempts = attempt_++;
  if (error.subject.empty()) error.subject = base::redact_url(url_.text);
  if (request_.on_retry) request_.on_retry(error);
  spent_ = Millis(0);
  return Next::retry;
}

Next Exchange::follow(Reply reply) {
  const auto location =
      std::find_if(reply.headers.begin(), reply.headers.end(),
                   [](const HttpHeader& header) { return header.name == "location"; });
  if (location == reply.headers.end() || location->value.empty())
    return finish(base::make_error(
        Code::parse, fmt::format("the server answered {} without a location", reply.status)));
  auto to = resolve_url(url_.text, location->value);
  if (!to) {
    Error error = base::make_error(
        Code::parse, "the server redirects to what is not a URL that can be followed");
    error.cause = std::make_shared<const Error>(std::move(to).error());
    return finish(std::move(error));
  }
  const bool leaves = to->origin() != url_.origin();
  const std::string method = method_;
  change_method(reply.status);
  // The same URL by another method is no circle: so a form answers that it was taken.
  if (method != method_)
    visited_.clear();
  else
    visited_.push_back(url_);
  if (auto error = check_redirect(*to)) return finish(std::move(*error));
  if (leaves && with_body_ && !request_.body.empty())
    return finish(base::make_error(
        Code::blocked, fmt::format("a redirect would send the body to another origin, {}",
                                   base::redact_url(to->origin()))));
  if (leaves) leave_origin();
  permanent_ = permanent_ && (reply.status == 301 || reply.status == 308);
  ++redirects_;
  set_url(*std::move(to));
  return Next::redirect;
}

std::optional<Error> Exchange::check_redirect(const Url& to) const {
  if (url_.secure() && !to.secure())
    return base::make_error(Code::blocked,
                            fmt::format("a redirect from https to http is not followed: {}",
                                        base::redact_url(to.text)));
  const bool loop = std::any_of(visited_.begin(), visited_.end(),
                                [&](const Url& one) { return one.text == to.text; });
  if (loop)
    return base::make_error(Code::limit,
                            fmt::format("the redirects go in a circle: {}", chain(to)));
  if (redirects_ >= max_redirects_)
    return base::make_error(Code::limit, fmt::format("there are more than {} redirects: {}",
                                                     max_redirects_, chain(to)));
  return std::nullopt;
}

std::string Exchange::chain(const Url& last) const {
  std::string text;
  for (const Url& one : visited_) text += base::redact_url(one.text) + " -> ";
  return text + base::redact_url(last.text);
}

void Exchange::change_method(int status) {
  const bool to_get = (status == 303 && method_ != "HEAD") ||
                      ((status == 301 || status == 302) && method_ == "POST");
  if (!to_get) return;
  method_ = "GET";
  with_body_ = false;
  std::erase_if(headers_, [](const HttpHeader& header) {
    return base::to_lower(header.name).starts_with("content-");
  });
}

void Exchange::leave_origin() {
  signed_ = false;
  std::erase_if(headers_,
                [](const HttpHeader& header) { return !is_one_of(harmless_headers, header.name); });
}

Next Exchange::answer(Reply reply) {
  ports::HttpResponse response;
  response.status = reply.status;
  response.headers = std::move(reply.headers);
  response.date = parse_http_date(base::trim(response.header("date")));
  response.last_modified = parse_http_date(base::trim(response.header("last-modified")));
  response.body = std::move(reply.body);
  response.url = url_.text;
  response.redirects = redirects_;
  response.attempts = attempt_;
  response.permanent_redirect = redirects_ > 0 && permanent_;
  result_ = std::move(response);
  return Next::done;
}

Next Exchange::finish(Error error) {
  end(std::move(error));
  return Next::done;
}

void Exchange::end(Error error) {
  if (error.subject.empty())
    error.subject = base::redact_url(url_.text.empty() ? request_.url : url_.text);
  error.attempts = attempt_;
  result_ = base::fail(std::move(error));
}

base::Result<ports::HttpResponse> Exchange::take_result() {
  if (!result_)
    return base::fail(Code::internal, "a request ended without a result",
                      base::redact_url(request_.url));
  return *std::move(result_);
}

}  // namespace freshet::net
