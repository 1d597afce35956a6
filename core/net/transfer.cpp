#include "core/net/transfer.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "core/base/redact.hpp"
#include "core/base/system_error.hpp"
#include "core/base/text.hpp"
#include "core/net/curl_error.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Error;
using base::Millis;
using base::Result;
using base::Status;

// Of an answer 4xx or 5xx: enough for what an API has to say; a longer one is dropped, not the answer.
constexpr std::uint64_t most_error_body = 1u << 20;
// Of an answer whose body nobody reads: what is worth reading so that the connection can be kept.
constexpr std::uint64_t most_ignored_body = 64u << 10;
constexpr std::size_t stop_writing = 0xFFFFFFFF;  // CURL_WRITEFUNC_ERROR, which is newer than 7.85
constexpr std::size_t most_reserved = 1u << 20;   // a promise of the server's, so far

}  // namespace

Transfer::Transfer(const TransferSetup& setup) : setup_(setup), easy_(curl_easy_init()) {
  if (easy_ == nullptr) throw std::bad_alloc();
  set_constants();
  set_guards();
  set_tls();
}

Transfer* Transfer::of(CURL* easy) {
  char* self = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return reinterpret_cast<Transfer*>(self);
}

template <typename Value>
void Transfer::set(CURLoption option, Value value) {
  // In parentheses: the function, not the macro that checks types by the name of the option.
  const CURLcode code = (curl_easy_setopt)(easy_.get(), option, value);
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLE_OK) usable_ = false;
}

void Transfer::set_constants() {
  const ClientOptions& options = *setup_.options;
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(detail_));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // a name server that hangs may not hold up the thread
  set(CURLOPT_NOPROGRESS, 1L);
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_DEBUGFUNCTION, &Transfer::on_debug);
  set(CURLOPT_DEBUGDATA, static_cast<void*>(this));
  set(CURLOPT_PROXY, options.proxy.c_str());  // "" also silences the environment
  set(CURLOPT_NOPROXY, options.proxy.empty() ? "*" : "");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void Transfer::set_guards() {
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, &Transfer::on_request);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
}

void Transfer::set_tls() {
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  if (!setup_.options->ca_file.empty()) set(CURLOPT_CAINFO, setup_.options->ca_file.c_str());
}

Status Transfer::prepare(const Hop& hop) {
  const ClientOptions& options = *setup_.options;
  hop_ = hop;
  head_ = Head({options.max_header_bytes, options.max_header_lines});
  keep_ = Keep::nothing;
  end_.reset();
  decoder_.reset();
  body_.clear();
  received_ = 0;
  sent_ = enough_ = out_of_memory_ = false;
  problem_.reset();
  blocked_.reset();
  no_socket_ = 0;
  detail_[0] = 0;
  set(CURLOPT_VERBOSE, 0L);
  set(CURLOPT_URL, hop.url->text.c_str());
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(hop.timeout.count(), 1)));
  set(CURLOPT_FRESH_CONNECT, hop.repeatable ? 0L : 1L);
  set(CURLOPT_PIPEWAIT, hop.url->secure() ? 1L : 0L);  // rather one HTTP/2 connection than many
  set_method();
  set_headers();
  set_signing();
  if (!usable_) return base::fail(Code::internal, "libcurl lacks an option that is needed");
  return {};
}

void Transfer::set_method() {
  set(CURLOPT_CUSTOMREQUEST, static_cast<const char*>(nullptr));
  set(CURLOPT_NOBODY, 0L);
  set(CURLOPT_POSTFIELDS,
      static_cast<const char*>(nullptr));  // a signature would cover the last one's
  set(CURLOPT_HTTPGET, 1L);
  if (hop_.method == "HEAD") return set(CURLOPT_NOBODY, 1L);
  const bool has_body =
      !hop_.body.empty() || hop_.method == "POST" || hop_.method == "PUT" || hop_.method == "PATCH";
  if (has_body) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(hop_.body.size()));
    set(CURLOPT_POSTFIELDS, hop_.body.empty() ? "" : hop_.body.data());
  }
  if (hop_.method != (has_body ? "POST" : "GET"))
    set(CURLOPT_CUSTOMREQUEST, std::string(hop_.method).c_str());
}

void Transfer::append_header(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  headers_.release();
  headers_.reset(longer);
}

void Transfer::set_headers() {
  headers_.reset();
  bool codings = false;
  bool type = false;
  for (const ports::HttpHeader& header : *hop_.headers) {
    const std::string name = base::to_lower(header.name);
    codings = codings || name == "accept-encoding";
    type = type || name == "content-type";
    // A semicolon is libcurl's way to say: this header, without a value.
    append_header(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  if (!codings) append_header(fmt::format("Accept-Encoding: {}", accepted_codings));
  if (hop_.signing == nullptr) {                // libcurl would sign these as if they were sent
    if (!type) append_header("Content-Type:");  // or libcurl calls every body a form
    append_header("Expect:");
  }
  set(CURLOPT_HTTPHEADER, headers_.get());
}

// libcurl signs each attempt anew: a signature is good for some minutes.
void Transfer::set_signing() {
  const ports::Signing* const by = hop_.signing;
  const std::string how = by != nullptr ? fmt::format("aws:amz:{}:s3", by->region) : std::string();
  set(CURLOPT_AWS_SIGV4, by != nullptr ? how.c_str() : static_cast<const char*>(nullptr));
  set(CURLOPT_HTTPAUTH, static_cast<long>(by != nullptr ? CURLAUTH_AWS_SIGV4 : CURLAUTH_BASIC));
  set(CURLOPT_USERNAME, by != nullptr ? by->key_id.c_str() : static_cast<const char*>(nullptr));
  set(CURLOPT_PASSWORD, by != nullptr ? by->secret.c_str() : static_cast<const char*>(nullptr));
}

bool Transfer::reject(Error error) {
  if (!problem_) problem_ = std::move(error);
  return false;
}

// Runs a callback's work; no exception may pass through libcurl.
template <typename Work>
bool Transfer::guarded(Work work) noexcept {
  try {
    return work();
  } catch (...) {
    out_of_memory_ = true;
    return false;
  }
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  return transfer.guarded([&] { return transfer.take_header({data, bytes}); }) ? bytes : 0;
}

bool Transfer::take_header(std::string_view line) {
  const bool was_complete = head_.complete();
  if (Status status = head_.take(line); !status) return reject(std::move(status).error());
  return was_complete || !head_.complete() || begin_body();
}

// The head is complete: what is to become of the body?
bool Transfer::begin_body() {
  mark_at_ = setup_.clock->monotonic();
  mark_received_ = received_;
  const int status = head_.status();
  const bool success = status >= 200 && status < 300;
  if (success) keep_ = Keep::body;
  if (status >= 400) keep_ = Keep::error_body;
  if (keep_ == Keep::nothing || hop_.method == "HEAD") return true;
  const BodyLimits limits{success ? hop_.max_bytes : std::min(hop_.max_bytes, most_error_body),
                          setup_.options->max_ratio, setup_.options->ratio_floor};
  auto decoder = make_decoder(head_.coding(), limits);
  if (!decoder && success) return reject(std::move(decoder).error());
  if (!decoder) {
    keep_ = Keep::nothing;
    return true;
  }
  decoder_ = *std::move(decoder);
  const std::uint64_t length = head_.length().value_or(0);
  if (success && length > limits.bytes && hop_.take_first == 0)
    return reject(base::make_error(
        Code::limit,
        fmt::format("the body of {} bytes is larger than {} bytes", length, limits.bytes)));
  body_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(length, most_reserved)));
  if (success && head_.is_http1()) watch_end();
  return true;
}

// libcurl tells its debug callback what it read before it drops what is behind the length. Frames
// of HTTP/2 and chunks have an end of their own.
void Transfer::watch_end() {
  if (head_.length()) {
    end_.begin_counted(*head_.length());
    set(CURLOPT_VERBOSE, 1L);
  } else if (hop_.url->secure() && !head_.is_chunked() && head_.status() != 204) {
    end_.begin_open(easy_.get());
  }
}

int Transfer::on_debug(CURL*, curl_infotype type, char*, std::size_t size, void* self) {
  if (type == CURLINFO_DATA_IN) static_cast<Transfer*>(self)->end_.count(size);
  return 0;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  transfer.received_ += bytes;
  return transfer.guarded([&] { return transfer.take_body({data, bytes}); }) ? bytes : stop_writing;
}

bool Transfer::take_body(std::string_view received) {
  if (!head_.complete())
    return reject(base::make_error(Code::parse, "a body came before the end of the headers"));
  if (decoder_ != nullptr && !keep_body(received)) return false;
  if (decoder_ == nullptr) enough_ = received_ > most_ignored_body;
  end_.look_behind(easy_.get(), hop_.url->secure(), received_);
  return !enough_;
}

bool Transfer::keep_body(std::string_view received) {
  Status status = decoder_->take(received, body_);
  if (!status && keep_ == Keep::body) return reject(std::move(status).error());
  if (!status) {
    keep_ = Keep::nothing;
    decoder_.reset();
    body_.clear();
    return true;
  }
  enough_ = hop_.take_first > 0 && body_.size() >= hop_.take_first;
  return true;
}

bool Transfer::may_use(const Address& address) {
  // A proxy is named by the configuration; what it connects to is its own to judge.
  if (hop_.may_private || !setup_.options->proxy.empty()) return true;
  if (may_connect(address, setup_.allowed)) return true;
  blocked_ = address;
  return false;
}

curl_socket_t Transfer::on_socket(void* self, curlsocktype, curl_sockaddr* wanted) {
  auto& transfer = *static_cast<Transfer*>(self);
  const auto address = address_of(&wanted->addr);
  if (!address || !transfer.may_use(*address)) return CURL_SOCKET_BAD;
  const int made = socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
  if (made < 0) transfer.no_socket_ = errno;
  return made;
}

// Just before the request is sent, on a new connection or a kept one: one that was opened for a
// request that may use private addresses is no way round the guard.
int Transfer::on_request(void* self, char* peer, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string_view address = peer == nullptr ? "" : peer;
  return transfer.guarded([&] { return transfer.may_send(address); }) ? CURL_PREREQFUNC_OK
                                                                      : CURL_PREREQFUNC_ABORT;
}

bool Transfer::may_send(std::string_view peer) {
  const auto address = address_of(peer);
  const bool fine = address ? may_use(*address) : hop_.may_private;
  if (!fine && !blocked_)
    return reject(base::make_error(Code::blocked, "the address of the connection is not known"));
  if (!fine) return false;
  blocked_.reset();  // an address that was passed over on the way does not matter
  sent_ = true;
  sent_at_ = setup_.clock->monotonic();
  return true;
}

std::optional<Error> Transfer::overdue(Millis now) {
  if (!sent_) return std::nullopt;
  const ClientOptions& options = *setup_.options;
  if (!head_.complete()) {
    const Millis limit =
        hop_.patient ? std::max(options.first_byte, hop_.timeout) : options.first_byte;
    if (now - sent_at_ < limit) return std::nullopt;
    return base::make_error(Code::timeout, fmt::format("no complete headers came within {}",
                                                       base::format_duration(limit)));
  }
  if (now - mark_at_ < options.low_speed_time) return std::nullopt;
  const auto ms = static_cast<std::uint64_t>((now - mark_at_).count());
  const bool slow = (received_ - mark_received_) * 1000 < options.low_speed * ms;
  mark_at_ = now;
  mark_received_ = received_;
  if (!slow) return std::nullopt;
  return base::make_error(
      Code::timeout, fmt::format("the body came at less than {} bytes a second for {}",
                                 options.low_speed, base::format_duration(options.low_speed_time)));
}

Error Transfer::blocked_error() const {
  return base::make_error(
      Code::blocked, fmt::format("the host {} has the {} address {}, which may not be connected to",
                                 hop_.url->host, special_kind(*blocked_), to_string(*blocked_)));
}

Result<Reply> Transfer::result(CURLcode code) {
  if (out_of_memory_) return base::fail(Code::out_of_memory, "no memory for the response");
  if (problem_) return base::fail(*std::move(problem_));
  if (blocked_ && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK))
    return base::fail(blocked_error());
  // As an error of the network, for the next attempt may find one.
  if (no_socket_ != 0 && code == CURLE_COULDNT_CONNECT)
    return base::fail(Code::network, fmt::format("no socket for {}: {}", hop_.url->host,
                                                 base::errno_words(no_socket_)));
  // A body that nobody wants may end as it likes.
  const bool done = enough_ || (head_.complete() && decoder_ == nullptr && keep_ == Keep::nothing);
  if (code != CURLE_OK && !done) return base::fail(curl_error(code, detail_, hop_.url->host));
  if (!head_.complete())
    return base::fail(Code::network, "the connection was closed within the headers");
  if (keep_ == Keep::body && !enough_) FRESHET_TRY(end_.check());
  if (decoder_ != nullptr && !enough_)
    if (Status status = decoder_->finish(); !status) {
      if (keep_ == Keep::body) return base::fail(std::move(status).error());
      body_.clear();
    }
  return Reply{head_.status(), std::move(head_.headers()), std::move(body_)};
}

Outcome Transfer::outcome(Result<Reply> reply) const {
  if (!reply) reply.error().subject = base::redact_url(hop_.url->text);
  return Outcome{std::move(reply), sent_, received_};
}

Outcome Transfer::finish(CURLcode code) { return outcome(result(code)); }

Outcome Transfer::abandon(Error error) { return outcome(base::fail(std::move(error))); }

}  // namespace freshet::net
