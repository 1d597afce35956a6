#include "core/host/http_service.hpp"

#include <algorithm>
#include <mutex>

#include "core/base/text.hpp"
#include "core/host/table.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

constexpr std::size_t most_headers = 256;
constexpr std::size_t most_requests = 100'000;
constexpr std::int64_t no_date = INT64_MIN;

bool one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

base::Status copy_headers(const freshet_http_request& from, ports::HttpRequest& to) {
  if (from.header_count > most_headers || (from.header_count > 0 && from.headers == nullptr))
    return fail(Code::invalid_argument,
                "the request has too many headers, or none where it says some", to.url);
  for (std::size_t i = 0; i < from.header_count; ++i) {
    const char* name = from.headers[2 * i];
    const char* value = from.headers[2 * i + 1];
    if (name == nullptr || value == nullptr || *name == '\0')
      return fail(Code::invalid_argument, "a header has no name or no value", to.url);
    if (!one_line(name) || !one_line(value))
      return fail(Code::invalid_argument, "a header has a line break", to.url);
    to.headers.push_back({name, value});
  }
  return {};
}

constexpr std::string_view loopback = "http://127.0.0.1:";

// As it is written: a name would be looked up, and may mean any address by then.
bool is_on_loopback(std::string_view url) {
  if (!url.starts_with(loopback)) return false;
  const std::string_view port =
      url.substr(loopback.size(), url.find('/', loopback.size()) - loopback.size());
  return !port.empty() && port.size() <= 5 &&
         port.find_first_not_of("0123456789") == std::string_view::npos;
}

base::Result<ports::HttpRequest> request_of(const freshet_http_request* raw, CallState& state) {
  const Caller& caller = *state.caller;
  if (raw == nullptr) return fail(Code::misuse, "there is no request");
  FRESHET_ASSIGN(const auto from,
                 take_struct(raw, FRESHET_HTTP_REQUEST_SIZE_1, "http_request", caller.plugin));
  if (from.url == nullptr || *from.url == '\0')
    return fail(Code::invalid_argument, "the request has no URL");
  ports::HttpRequest to;
  to.url = from.url;
  if (from.method != nullptr) to.method = from.method;
  FRESHET_TRY(copy_headers(from, to));
  if (from.body != nullptr) to.body.assign(static_cast<const char*>(from.body), from.body_size);
  to.max_bytes = from.max_bytes;
  to.timeout = base::Millis(std::max<std::int64_t>(from.timeout_ms, 0));
  to.pace = base::Millis(std::max<std::int64_t>(from.pace_ms, 0));
  to.max_attempts = std::max<std::int32_t>(from.max_attempts, 0);
  to.robots = (from.flags & FRESHET_HTTP_ROBOTS) != 0;
  to.idempotent = (from.flags & FRESHET_HTTP_NOT_REPEATABLE) == 0;
  to.refusals = (from.flags & FRESHET_HTTP_REFUSALS) != 0;
  to.private_origins = caller.private_origins;
  if ((from.flags & FRESHET_HTTP_OWN_SERVER) != 0 && is_on_loopback(to.url))
    to.private_origins.push_back(to.url.substr(0, to.url.find('/', loopback.size())));
  to.requester = caller.requester;
  to.on_retry = [&state](const base::Error& error) { note_attempt(state, error); };
  return to;
}

std::vector<const char*> pairs_of(const std::vector<ports::HttpHeader>& headers) {
  std::vector<const char*> pairs;
  pairs.reserve(2 * headers.size());
  for (const ports::HttpHeader& each : headers) {
    pairs.push_back(each.name.c_str());
    pairs.push_back(each.value.c_str());
  }
  return pairs;
}

std::int64_t date_of(const std::optional<base::Instant>& at) { return at ? at->ms : no_date; }

// A response as the plugin sees it; it borrows from `from` and from `headers`.
freshet_http_response response_of(const ports::HttpResponse& from,
                                  const std::vector<const char*>& headers) {
  freshet_http_response to{};
  to.struct_size = sizeof to;
  to.status = from.status;
  to.redirects = from.redirects;
  to.attempts = from.attempts;
  to.permanent_redirect = from.permanent_redirect ? 1 : 0;
  to.url = from.url.c_str();
  to.headers = headers.data();
  to.header_count = headers.size() / 2;
  to.body = from.body.data();
  to.body_size = from.body.size();
  to.date_ms = date_of(from.date);
  to.last_modified_ms = date_of(from.last_modified);
  return to;
}

// The callback has no room for the hint: the call keeps the longest, for the failure it may end with.
void keep_hint(CallState& state, const base::Result<ports::HttpResponse>& result) {
  if (result) return;
  const std::lock_guard lock(state.mutex);
  state.asked_to_wait_ms = std::max(state.asked_to_wait_ms, result.error().retry_after_ms);
}

// Hands one outcome to the plugin. Its callback is its own code: what it throws is its failure.
freshet_status deliver(CallState& state, std::size_t index,
                       const base::Result<ports::HttpResponse>& result,
                       freshet_http_callback on_response, void* payload) {
  try {
    if (!result) {
      const auto status = static_cast<freshet_status>(result.error().code);
      const std::string message = safe_line(base::to_string(result.error()));
      return on_response(payload, index, status, nullptr, message.c_str());
    }
    const auto headers = pairs_of(result->headers);
    const freshet_http_response out = response_of(*result, headers);
    return on_response(payload, index, FRESHET_OK, &out, nullptr);
  } catch (...) {
    note_failure(state, {Code::plugin, "a callback threw an exception", state.caller->plugin, -1, 0,
                         nullptr});
    return FRESHET_E_PLUGIN;
  }
}

freshet_status refuse(CallState& state, base::Error error) {
  const auto status = static_cast<freshet_status>(error.code);
  note_failure(state, std::move(error));
  return status;
}

}  // namespace

freshet_status http_send(CallState& state, const freshet_http_request* request,
                         freshet_http_callback on_response, void* payload) {
  if (on_response == nullptr) return FRESHET_E_MISUSE;
  const auto wanted = request_of(request, state);
  if (!wanted) return refuse(state, wanted.error());
  const auto result = state.caller->services.http->send(*wanted, state.cancel);
  const freshet_status taken = deliver(state, 0, result, on_response, payload);
  if (taken != FRESHET_OK) return taken;
  return result ? FRESHET_OK : refuse(state, result.error());
}

freshet_status http_send_many(CallState& state, const freshet_http_request* const* requests,
                              std::size_t count, freshet_http_callback on_response, void* payload) {
  if (on_response == nullptr || count > most_requests || (count > 0 && requests == nullptr))
    return FRESHET_E_MISUSE;
  std::vector<ports::HttpRequest> wanted;
  for (std::size_t i = 0; i < count; ++i) {
    auto each = request_of(requests[i], state);
    if (!each) return refuse(state, each.error());
    wanted.push_back(*std::move(each));
  }
  std::mutex one_at_a_time;
  freshet_status first = FRESHET_OK;
  state.caller->services.http->send_many(
      wanted, state.cancel, [&](std::size_t index, base::Result<ports::HttpResponse> result) {
        const std::lock_guard lock(one_at_a_time);
        keep_hint(state, result);
        if (first == FRESHET_OK) first = deliver(state, index, result, on_response, payload);
      });
  return first;
}

}  // namespace freshet::host
