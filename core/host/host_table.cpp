#include "core/host/host_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "core/base/text.hpp"
#include "core/host/call.hpp"
#include "core/host/http_service.hpp"
#include "core/host/redactor.hpp"
#include "core/host/secrets.hpp"

#ifndef FRESHET_VERSION
#error "the build says which version of freshet this is"
#endif

namespace freshet::host {
namespace {

using base::Code;

const Caller& caller_of(void* self) { return *static_cast<const Caller*>(self); }

// Nothing may be thrown into a plugin, which may be written in a language that has no exceptions.
template <typename Body>
freshet_status guarded(freshet_call* call, Body&& body) noexcept {
  try {
    const auto state = state_of(call);
    if (state == nullptr) return FRESHET_E_MISUSE;  // the call is over, or never was
    return body(*state);
  } catch (const std::bad_alloc&) {
    return FRESHET_E_OUT_OF_MEMORY;
  } catch (...) {
    return FRESHET_E_INTERNAL;
  }
}

void do_log(void* self, std::int32_t level, const char* message) noexcept {
  if (message == nullptr) return;
  const int known = std::clamp<int>(level, FRESHET_LOG_DEBUG, FRESHET_LOG_ERROR);
  const Caller& caller = caller_of(self);
  base::Status unlogged;  // a line that cannot be written is not worth a failure
  take_safely(unlogged, [&] { log(caller.services, known, caller.plugin, message); });
}

std::int64_t do_now(void* self) noexcept { return caller_of(self).services.clock.now().ms; }

std::int32_t do_cancelled(freshet_call* call) noexcept {
  const auto state = state_of(call);
  return state == nullptr || state->cancel.requested() ? 1 : 0;
}

void do_fail(freshet_call* call, freshet_status status, const char* message, const char* subject,
             std::int64_t retry_after_ms) noexcept {
  guarded(call, [&](CallState& state) {
    base::Error error;
    error.code = static_cast<Code>(status);
    error.message = message == nullptr ? "" : message;
    error.subject = subject == nullptr ? "" : subject;
    error.retry_after_ms = retry_after_ms < 0 ? -1 : retry_after_ms;
    note_failure(state, std::move(error));
    return FRESHET_OK;
  });
}

// A callback of the plugin, which may throw when it should not.
template <typename Callback>
freshet_status call_back(CallState& state, Callback&& callback) {
  try {
    return callback();
  } catch (...) {
    note_failure(state, {Code::plugin, "a callback threw an exception", state.caller->plugin, -1, 0,
                         nullptr});
    return FRESHET_E_PLUGIN;
  }
}

freshet_status do_secret(freshet_call* call, const char* reference, freshet_text_callback on_text,
                         void* payload) noexcept {
  return guarded(call, [&](CallState& state) -> freshet_status {
    if (reference == nullptr || on_text == nullptr) return FRESHET_E_MISUSE;
    const auto secret = read_secret(reference, [&](const std::string& line) {
      log(state.caller->services, FRESHET_LOG_WARNING, state.caller->plugin, line);
    });
    if (!secret) {
      note_failure(state, secret.error());
      return FRESHET_E_DENIED;
    }
    return call_back(state, [&] { return on_text(payload, secret->c_str()); });
  });
}

freshet_status do_http_send(freshet_call* call, const freshet_http_request* request,
                            freshet_http_callback on_response, void* payload) noexcept {
  return guarded(call,
                 [&](CallState& state) { return http_send(state, request, on_response, payload); });
}

freshet_status do_http_send_many(freshet_call* call, const freshet_http_request* const* requests,
                                 std::size_t count, freshet_http_callback on_response,
                                 void* payload) noexcept {
  return guarded(call, [&](CallState& state) {
    return http_send_many(state, requests, count, on_response, payload);
  });
}

freshet_status do_resolve(void* self, const char* base_url, const char* reference,
                          freshet_text_callback on_text, void* payload) noexcept {
  if (reference == nullptr || on_text == nullptr) return FRESHET_E_MISUSE;
  try {
    const auto url =
        caller_of(self).services.http->resolve(base_url == nullptr ? "" : base_url, reference);
    if (!url) return static_cast<freshet_status>(url.error().code);
    return on_text(payload, url->c_str());
  } catch (...) {
    return FRESHET_E_PLUGIN;
  }
}

}  // namespace

std::unique_ptr<const freshet_host> make_host(const Caller& caller) {
  auto host = std::make_unique<freshet_host>();
  host->struct_size = sizeof(freshet_host);
  host->version = FRESHET_VERSION;
  host->self = const_cast<Caller*>(&caller);
  host->log = do_log;
  host->now_ms = do_now;
  host->cancelled = do_cancelled;
  host->fail = do_fail;
  host->secret = do_secret;
  host->http_send = do_http_send;
  host->http_send_many = do_http_send_many;
  host->url_resolve = do_resolve;
  return host;
}

}  // namespace freshet::host
