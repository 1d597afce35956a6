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
constexpr std::size_t most_struct_bytes = 4096;  // of a request as some later header may have it

bool one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

base::Status copy_headers(const freshet_http_request& from, ports::HttpRequest& to) {
  if (from.header_count > most_headers || (from.header_count > 0 && from.headers == nullptr))
    return fail(Code::invalid_argument,
                "the request has too many headers, or none where it says some", to.url);
  for (std::size_t i = 0; i < from.header_count; ++i) {
    const freshet_http_header& header = from.headers[i];
    if (header.name == nullptr || header.value == nullptr || *header.name == '\0')
      return fail(Code::invalid_argument, "a header has no name or no value", to.url);
    if (!one_line(header.name) || !one_line(header.value))
      return fail(Code::invalid_argument, "a header has a line break", to.url);
    to.headers.push_back({header.name, header.value});
  }
  return {};
}

base::Result<ports::HttpRequest> request_of(const freshet_http_request* raw, const Caller& caller) {
  if (raw == nullptr) return fail(Code::misuse, "there is no request");
  const auto from = take_struct(raw);
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
  to.private_origins = caller.private_origins;
  return to;
}

// Hands one outcome to the plugin. Its callback is its own code: what it throws is its failure.
freshet_status deliver(CallState& state, std::size_t index,
                       const base::Result<ports::HttpResponse>& result,
                       freshet_http_callback on_response, void* payload) {
  try {
    if (!result) {
      const auto status = static_cast<freshet_status>(result.error().code);
      const std::string message = safe_line(base::to_string(result.error()));
      on_response(payload, index, status, nullptr, message.c_str());
      return FRESHET_OK;
    }
    std::vector<freshet_http_header> headers;
    for (const ports::HttpHeader& each : result->headers)
      headers.push_back({each.name.c_str(), each.value.c_str()});
    freshet_http_response out{};
    out.struct_size = sizeof out;
    out.status = result->status;
    out.redirects = result->redirects;
    out.attempts = result->attempts;
    out.permanent_redirect = result->permanent_redirect ? 1 : 0;
    out.url = result->url.c_str();
    out.headers = headers.data();
    out.header_count = headers.size();
    out.body = result->body.data();
    out.body_size = result->body.size();
    on_response(payload, index, FRESHET_OK, &out, nullptr);
    return FRESHET_OK;
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
  const auto wanted = request_of(request, *state.caller);
  if (!wanted) return refuse(state, wanted.error());
  const auto result = state.caller->services.http.send(*wanted, state.cancel);
  const freshet_status taken = deliver(state, 0, result, on_response, payload);
  if (taken != FRESHET_OK) return taken;
  return result ? FRESHET_OK : refuse(state, result.error());
}

freshet_status http_send_many(CallState& state, const freshet_http_request* requests,
                              std::size_t count, freshet_http_callback on_response, void* payload) {
  if (on_response == nullptr || count > most_requests || (count > 0 && requests == nullptr))
    return FRESHET_E_MISUSE;
  if (count > 0 &&
      (requests->struct_size < sizeof(void*) || requests->struct_size > most_struct_bytes))
    return FRESHET_E_MISUSE;
  std::vector<ports::HttpRequest> wanted;
  for (std::size_t i = 0; i < count; ++i) {
    // The plugin's own size is the step from one to the next: it may know fewer members than we do.
    const auto* raw = reinterpret_cast<const freshet_http_request*>(
        reinterpret_cast<const char*>(requests) + i * requests->struct_size);
    auto each = request_of(raw, *state.caller);
    if (!each) return refuse(state, each.error());
    wanted.push_back(*std::move(each));
  }
  std::mutex one_at_a_time;
  freshet_status first = FRESHET_OK;
  state.caller->services.http.send_many(
      wanted, state.cancel, [&](std::size_t index, base::Result<ports::HttpResponse> result) {
        const std::lock_guard lock(one_at_a_time);
        const freshet_status taken = deliver(state, index, result, on_response, payload);
        if (first == FRESHET_OK) first = taken;
      });
  return first;
}

}  // namespace freshet::host
