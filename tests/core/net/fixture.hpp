// tests/core/net/fixture.hpp - a client with small waits, and a server to ask.
#pragma once

#include <memory>
#include <string>

#include "core/net/client.hpp"
#include "tests/core/net/server.hpp"
#include "tests/support/catch.hpp"

namespace freshet::net::test {

inline ClientOptions quick() {
  ClientOptions options;
  options.backoff = base::Millis(1);
  options.connect_timeout = base::Millis(2'000);
  options.timeout = base::Millis(5'000);
  return options;
}

class Asking {
 public:
  explicit Asking(Server::Handler handler, ClientOptions options = quick())
      : server(std::move(handler)), http(make_client(std::move(options), ports::system_clock())) {}

  ports::HttpRequest request(std::string_view target) const {
    ports::HttpRequest request;
    request.url = server.url(target);
    request.private_origins = {server.origin()};
    return request;
  }
  base::Result<ports::HttpResponse> get(std::string_view target = "/") {
    return send(request(target));
  }
  base::Result<ports::HttpResponse> send(const ports::HttpRequest& wanted) {
    return http->send(wanted, cancel);
  }

  Server server;
  base::Cancel cancel;
  std::unique_ptr<ports::Http> http;
};

// A handler that says the same to everybody, and closes.
inline Server::Handler always(std::string bytes) {
  return [bytes = std::move(bytes)](Connection& connection, const Request&) {
    connection.send(bytes);
    return false;
  };
}

// A handler that says the same to everybody on kept connections.
inline Server::Handler keeping(std::string bytes) {
  return [bytes = std::move(bytes)](Connection& connection, const Request&) {
    return connection.send(bytes);
  };
}

inline base::Code code_of(const base::Result<ports::HttpResponse>& result) {
  return result ? base::Code::ok : result.error().code;
}

}  // namespace freshet::net::test
