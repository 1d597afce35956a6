// Redirects, and the addresses that nothing may lead to.
#include "core/net/url.hpp"
#include "tests/core/net/fixture.hpp"

namespace freshet::net {
namespace {

using base::Code;
using Catch::Matchers::Contains;
using namespace test;  // NOLINT: the test's own helpers

std::string redirect(int status, std::string_view location) {
  return respond(status, "moved", "Location: " + std::string(location) + "\r\n");
}

// Sends "/n" on to "/n-1", and answers at "/0".
bool count_down(Connection& connection, const Request& request) {
  const int left = std::atoi(request.target.c_str() + 1);
  if (left == 0) return connection.send(respond(200, "there"));
  return connection.send(redirect(302, "/" + std::to_string(left - 1)));
}

}  // namespace

TEST_CASE("redirects are followed to their limit") {
  Asking asking(count_down);
  const auto response = asking.get("/10");
  REQUIRE(response);
  CHECK(response->redirects == 10);
  CHECK(response->url == asking.server.url("/0"));
  CHECK_FALSE(response->permanent_redirect);
  const auto more = asking.get("/11");
  REQUIRE_FALSE(more);
  CHECK(more.error().code == Code::limit);
  CHECK_THAT(more.error().message,
             Contains("/11 -> ") && Contains(" -> " + asking.server.url("/0")));
  CHECK(asking.server.count("/0") == 1);
}

TEST_CASE("only redirects that are all for good make a permanent one") {
  Asking asking([](Connection& connection, const Request& request) {
    if (request.target == "/301") return connection.send(redirect(301, "/308"));
    if (request.target == "/308") return connection.send(redirect(308, "/end"));
    if (request.target == "/mixed") return connection.send(redirect(302, "/301"));
    return connection.send(respond(200, "x"));
  });
  CHECK(asking.get("/301")->permanent_redirect);
  CHECK_FALSE(asking.get("/mixed")->permanent_redirect);
}

TEST_CASE("circles end, naming the way without its secrets") {
  Asking asking([](Connection& connection, const Request& request) {
    return connection.send(redirect(302, request.target == "/a" ? "/b?token=hunter2" : "/a"));
  });
  const auto circle = asking.get("/a");
  REQUIRE_FALSE(circle);
  CHECK(circle.error().code == Code::limit);
  CHECK_THAT(circle.error().message,
             Contains("circle") && Contains("/a -> ") && Contains("token=***"));
  CHECK(base::to_string(circle.error()).find("hunter2") == std::string::npos);
  CHECK(asking.server.requests().size() == 2);
}

TEST_CASE("locations that lead nowhere are errors") {
  const auto code = [](std::string bytes) {
    Asking asking(keeping(std::move(bytes)));
    return code_of(asking.get());
  };
  CHECK(code(respond(302, "")) == Code::parse);
  CHECK(code(redirect(302, "")) == Code::parse);
  CHECK(code(redirect(302, "http://")) == Code::parse);
  CHECK(code(redirect(302, "ftp://127.0.0.1/")) == Code::parse);
  CHECK(code(redirect(302, "file:///etc/passwd")) == Code::parse);
  CHECK(code(redirect(302, "gopher://127.0.0.1/")) == Code::parse);
  CHECK(code(redirect(302, "http://user:pw@127.0.0.1/")) == Code::parse);
  CHECK(code(redirect(302, "/a\x01")) == Code::parse);
  CHECK(code(redirect(300, "/a")) == Code::parse);
  CHECK(code(redirect(305, "/a")) == Code::parse);
}

TEST_CASE("methods change as they should") {
  Asking asking([](Connection& connection, const Request& request) {
    if (request.target == "/end") return connection.send(respond(200, ""));
    return connection.send(redirect(std::atoi(request.target.c_str() + 1), "/end"));
  });
  const auto last = [&](std::string method, std::string_view target) {
    auto request = asking.request(target);
    request.method = method;
    request.headers = {{"Content-Type", "text/plain"}};
    if (method != "HEAD") request.body = "payload";
    REQUIRE(asking.send(request));
    auto seen = asking.server.requests().back();
    return seen.method + ":" + seen.body + ":" + seen.headers["content-type"];
  };
  CHECK(last("POST", "/301") == "GET::");
  CHECK(last("POST", "/302") == "GET::");
  CHECK(last("POST", "/303") == "GET::");
  CHECK(last("PUT", "/303") == "GET::");
  CHECK(last("PUT", "/302") == "PUT:payload:text/plain");
  CHECK(last("POST", "/307") == "POST:payload:text/plain");
  CHECK(last("POST", "/308") == "POST:payload:text/plain");
  CHECK(last("HEAD", "/303") == "HEAD::text/plain");
}

TEST_CASE("a form may answer at its own URL") {
  Asking asking([](Connection& connection, const Request& request) {
    return connection.send(request.method == "POST" ? redirect(303, request.target)
                                                    : respond(200, "taken"));
  });
  auto request = asking.request("/form");
  request.method = "POST";
  CHECK(code_of(asking.send(request)) == Code::ok);
}

TEST_CASE("credentials stay with their origin") {
  Server other(keeping(respond(200, "x")));
  Asking asking([&](Connection& connection, const Request& request) {
    if (request.target == "/inside") return connection.send(redirect(302, "/arrived"));
    if (request.target == "/arrived") return connection.send(respond(200, "x"));
    return connection.send(redirect(request.target == "/307" ? 307 : 302, other.url("/")));
  });
  auto request = asking.request("/inside");
  request.private_origins.push_back(other.origin());
  request.headers = {
      {"Authorization", "Bearer hunter2"}, {"X-Custom", "hunter2"}, {"Accept", "text/html"},
      {"If-None-Match", "\"1\""},          {"Cookie", "a=hunter2"}, {"Accept-Language", "de"}};
  REQUIRE(asking.send(request));
  CHECK(asking.server.requests().back().headers["authorization"] == "Bearer hunter2");
  request.url = asking.server.url("/leave");
  REQUIRE(asking.send(request));
  auto seen = other.requests().back();
  CHECK(seen.head.find("hunter2") == std::string::npos);
  CHECK(seen.headers.count("if-none-match") == 0);
  CHECK(seen.headers["accept"] == "text/html");
  CHECK(seen.headers["accept-language"] == "de");
  // A body may hold credentials as well.
  request.url = asking.server.url("/307");
  request.method = "POST";
  request.body = "hunter2";
  CHECK(code_of(asking.send(request)) == Code::blocked);
  CHECK(other.requests().size() == 1);
}

TEST_CASE("private addresses are blocked unless their origin was named") {
  Asking asking(keeping(respond(200, "secret")));
  auto request = asking.request("/");
  request.private_origins.clear();
  const auto blocked = asking.send(request);
  REQUIRE_FALSE(blocked);
  CHECK(blocked.error().code == Code::blocked);
  CHECK_THAT(blocked.error().message, Contains("127.0.0.1") && Contains("loopback"));
  CHECK(asking.server.connections() == 0);
  request.private_origins = {"http://127.0.0.1:1"};
  CHECK(code_of(asking.send(request)) == Code::blocked);
  request.private_origins = {"https://127.0.0.1:" + std::to_string(asking.server.port())};
  CHECK(code_of(asking.send(request)) == Code::blocked);
  request.private_origins = {"HTTP://127.0.0.1:" + std::to_string(asking.server.port()) + "/any"};
  CHECK(code_of(asking.send(request)) == Code::ok);
}

TEST_CASE("other spellings of an address do not pass the guard") {
  Asking asking(keeping(respond(200, "secret")));
  for (const std::string host :
       {"2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]"}) {
    auto request = asking.request("/");
    request.private_origins.clear();
    request.url = "http://" + host + ":" + std::to_string(asking.server.port()) + "/";
    INFO(host);
    CHECK(code_of(asking.send(request)) == Code::blocked);
  }
  CHECK(asking.server.connections() == 0);
}

TEST_CASE("a redirect is no way to a private address that was not named") {
  Server inside(keeping(respond(200, "secret")));
  Asking asking([&](Connection& connection, const Request&) {
    return connection.send(redirect(302, inside.url("/")));
  });
  const auto result = asking.get();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Code::blocked);
  CHECK(inside.connections() == 0);
}

TEST_CASE("a kept connection is no way round the guard") {
  Asking asking(keeping(respond(200, "secret")));
  REQUIRE(asking.get());
  auto request = asking.request("/again");
  request.private_origins.clear();
  CHECK(code_of(asking.send(request)) == Code::blocked);
  CHECK(asking.server.count("/again") == 0);
  REQUIRE(asking.get("/once-more"));
}

TEST_CASE("networks that the options allow may be connected to") {
  ClientOptions options = quick();
  options.allow_private = {"127.0.0.0/8"};
  Asking asking(keeping(respond(200, "x")), options);
  auto request = asking.request("/");
  request.private_origins.clear();
  CHECK(code_of(asking.send(request)) == Code::ok);
}

}  // namespace freshet::net
