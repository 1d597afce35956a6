// core/host/http_service.hpp - a plugin's HTTP requests, checked, and sent with the process's
// client.
#pragma once

#include "core/host/call.hpp"

namespace freshet::host {

freshet_status http_send(CallState& state, const freshet_http_request* request,
                         freshet_http_callback on_response, void* payload);

freshet_status http_send_many(CallState& state, const freshet_http_request* const* requests,
                              std::size_t count, freshet_http_callback on_response, void* payload);

}  // namespace freshet::host
