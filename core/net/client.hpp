// core/net/client.hpp - ports::Http over libcurl: one thread, many transfers, every limit kept.
#pragma once

#include <memory>

#include "core/net/options.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/http.hpp"

namespace freshet::net {

// Its thread starts with the first request. `clock` is borrowed for the client's life. Destroying the client ends
// what is under way with Code::cancelled and joins the thread. Networks in options.allow_private
// that parse_options would refuse are ignored: they allow nothing.
std::unique_ptr<ports::Http> make_client(ClientOptions options, const ports::Clock& clock);

}  // namespace freshet::net
