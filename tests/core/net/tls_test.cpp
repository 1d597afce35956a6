// TLS: what is trusted, and that nothing is tried less strictly.
#ifdef FRESHET_TEST_TLS

#include <openssl/ssl.h>

#include "tests/core/net/fixture.hpp"
#include "tests/core/net/tls_server.hpp"

namespace freshet::net {
namespace {

using base::Code;
using Catch::Matchers::Contains;
using namespace test;  // NOLINT: the test's own helpers

base::Result<ports::HttpResponse> get(const TlsServer& server, bool with_authority = true,
                                      const std::string& also_private = "") {
  ClientOptions options = quick();
  if (with_authority) options.ca_file = ca_file();
  const auto http = make_client(options, ports::system_clock());
  ports::HttpRequest request;
  request.url = server.origin() + "/";
  request.private_origins = {server.origin(), also_private};
  return http->send(request, base::Cancel());
}

TlsOptions with(Certificate certificate) {
  TlsOptions options;
  options.certificate = certificate;
  options.response = respond(200, "trusted", "Connection: close\r\n");
  return options;
}

}  // namespace

TEST_CASE("a certificate of a known authority is trusted") {
  TlsServer server(with({}));
  const auto response = get(server);
  REQUIRE(response);
  CHECK(response->body == "trusted");
}

TEST_CASE("certificates that cannot be trusted need a person, and nothing is sent") {
  const auto refused = [](const TlsOptions& options, bool with_authority = true) {
    TlsServer server(options);
    const auto result = get(server, with_authority);
    CHECK(server.answered() == 0);
    if (result) return std::string("trusted");
    CHECK(result.error().code == Code::denied);
    CHECK(result.error().attempts == 1);
    return result.error().message;
  };
  CHECK_THAT(refused(with({"localhost", true, false})),
             Contains("localhost") && Contains("expired"));
  CHECK_THAT(refused(with({"elsewhere.example", false, false})), Contains("cannot be trusted"));
  CHECK_THAT(refused(with({"localhost", false, true})), Contains("cannot be trusted"));
  CHECK_THAT(refused(with({}), false), Contains("cannot be trusted"));
  TlsOptions old = with({});
  old.highest_version = TLS1_1_VERSION;
  CHECK_THAT(refused(old), Contains("cannot be trusted"));
}

TEST_CASE("a TLS connection that ends early is no end of a body") {
  TlsOptions options = with({});
  options.response = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot so much";
  options.close_notify = GENERATE(false, true);
  TlsServer server(options);
  CHECK(code_of(get(server)) == Code::network);
}

TEST_CASE("where the end of a connection is the end of a body, the peer has to say that it ends") {
  TlsOptions options = with({});
  options.response = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" +
                     GENERATE(std::string(), std::string("a page"), std::string(100'000, 'x'));
  options.close_notify = GENERATE(false, true);
  TlsServer server(options);
  const auto result = get(server);
  CHECK(code_of(result) == (options.close_notify ? Code::ok : Code::network));
  if (!result) CHECK_THAT(result.error().message, Contains("without a word"));
}

TEST_CASE("the end of a connection means nothing where the body has an end of its own") {
  TlsOptions options = with({});
  options.response =
      GENERATE(respond(200, "a page"), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                           chunk("a page") + "0\r\n\r\n");
  options.close_notify = false;
  TlsServer server(options);
  const auto result = get(server);
  REQUIRE(result);
  CHECK(result->body == "a page");
}

TEST_CASE("where there is no body, no end of it is waited for") {
  TlsOptions options = with({});
  options.response = "HTTP/1.1 204 No Content\r\n\r\n";
  options.close_notify = GENERATE(false, true);
  TlsServer server(options);
  const auto result = get(server);
  REQUIRE(result);
  CHECK(result->status == 204);
}

TEST_CASE("a body longer than its length is an error over TLS, too") {
  TlsOptions options = with({});
  const std::string body = GENERATE(std::string("body"), std::string(100'000, 'x'));
  options.response =
      "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  options.response += "more";
  TlsServer server(options);
  CHECK(code_of(get(server)) == Code::parse);
}

TEST_CASE("a redirect from https to http is not followed") {
  Server plain(keeping(respond(200, "plain")));
  TlsOptions options = with({});
  options.response = respond(302, "", "Location: " + plain.url("/") + "\r\nConnection: close\r\n");
  TlsServer server(options);
  const auto result = get(server, true, plain.origin());  // it is not the guard that refuses
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Code::blocked);
  CHECK_THAT(result.error().message, Contains("https to http"));
  CHECK(plain.connections() == 0);
}

TEST_CASE("a server that stalls in the handshake is left") {
  Server silent(
      [](Connection&, const Request&) { return false; });  // waits for a request that never ends
  ClientOptions options = quick();
  options.connect_timeout = base::Millis(150);
  options.attempts = 1;
  const auto http = make_client(options, ports::system_clock());
  ports::HttpRequest request;
  request.url = "https://127.0.0.1:" + std::to_string(silent.port()) + "/";
  request.private_origins = {request.url};
  const auto result = http->send(request, base::Cancel());
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Code::timeout);
}

}  // namespace freshet::net

#endif
