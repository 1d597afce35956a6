// What the client does with servers that behave, and with many callers at once.
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "tests/core/net/fixture.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Millis;
using namespace test;  // NOLINT: the test's own helpers

}  // namespace

TEST_CASE("a response comes back whole") {
  Asking asking(keeping(respond(200, "a page", "ETag: \"1\"\r\nX-Many:  a \r\n")));
  const auto response = asking.get("/a/../b#f");
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(response->body == "a page");
  CHECK(response->header("etag") == "\"1\"");
  CHECK(response->header("x-many") == "a");
  CHECK(response->url == asking.server.url("/b"));
  CHECK(response->attempts == 1);
  CHECK(response->redirects == 0);
  CHECK_FALSE(response->permanent_redirect);
}

TEST_CASE("requests say who asks, and what they were told to say") {
  Asking asking(keeping(respond(200, "")));
  auto request = asking.request("/");
  request.headers = {{"X-Api-Key", "k"}, {"Empty", ""}};
  REQUIRE(asking.send(request));
  auto post = asking.request("/post");
  post.method = "POST";
  post.body = std::string("{\"a\":\0}", 7);
  post.headers = {{"Content-Type", "application/json"}};
  REQUIRE(asking.send(post));
  auto bare = asking.request("/bare");
  bare.method = "PUT";
  bare.body = std::string(2'000'000, 'x');  // so large that libcurl would ask first
  REQUIRE(asking.send(bare));
  auto gone = asking.request("/gone");
  gone.method = "DELETE";
  REQUIRE(asking.send(gone));
  auto seen = asking.server.requests();
  REQUIRE(seen.size() == 4);
  CHECK(seen[0].headers["user-agent"].starts_with("freshet/"));
  CHECK(seen[0].headers["accept-encoding"] == "gzip, deflate");
  CHECK(seen[0].headers["x-api-key"] == "k");
  CHECK(seen[0].headers.count("empty") == 1);
  CHECK(seen[1].method == "POST");
  CHECK(seen[1].body == post.body);
  CHECK(seen[1].headers["content-type"] == "application/json");
  CHECK(seen[1].headers.count("x-api-key") == 0);
  CHECK(seen[2].method == "PUT");
  CHECK(seen[2].body.size() == 2'000'000);
  CHECK(seen[2].headers.count("expect") == 0);
  CHECK(seen[2].headers.count("content-type") == 0);
  CHECK(seen[3].method == "DELETE");
}

TEST_CASE("connections are kept and used again") {
  Asking asking(keeping(respond(200, "x")));
  for (int i = 0; i < 5; ++i) REQUIRE(asking.get());
  CHECK(asking.server.connections() == 1);
}

TEST_CASE("HEAD has no body, whatever its length says") {
  Asking asking([](Connection& connection, const Request&) {
    return connection.send(
        "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\nContent-Encoding: gzip\r\n\r\n");
  });
  auto request = asking.request("/");
  request.method = "HEAD";
  const auto response = asking.send(request);
  REQUIRE(response);
  CHECK(response->body.empty());
}

TEST_CASE("answers that are not successes are answers") {
  const int status = GENERATE(400, 401, 403, 404, 410, 451);
  Asking asking(keeping(respond(status, "why")));
  const auto response = asking.get();
  REQUIRE(response);
  CHECK(response->status == status);
  CHECK(response->body == "why");
  CHECK(asking.server.requests().size() == 1);
}

TEST_CASE("the body of an error is dropped when it is huge, the answer is not") {
  Asking asking(always(respond(404, std::string(3u << 20, 'x'))));
  const auto response = asking.get();
  REQUIRE(response);
  CHECK(response->status == 404);
  CHECK(response->body.empty());
}

TEST_CASE("304 is an answer to a question with a validator only") {
  Asking asking(keeping("HTTP/1.1 304 Same\r\nETag: \"1\"\r\n\r\n"));
  auto request = asking.request("/");
  const auto unasked = asking.send(request);
  REQUIRE_FALSE(unasked);
  CHECK(unasked.error().code == Code::remote);
  CHECK(asking.server.requests().size() == 1);
  request.headers = {{"If-None-Match", "\"1\""}};
  const auto response = asking.send(request);
  REQUIRE(response);
  CHECK(response->status == 304);
  CHECK(asking.http->counters().not_modified == 2);
}

TEST_CASE("206 is an answer to a question for a range only") {
  Asking asking(keeping(respond(206, "part")));
  auto request = asking.request("/");
  CHECK(code_of(asking.send(request)) == Code::parse);
  request.headers = {{"Range", "bytes=0-3"}};
  CHECK(code_of(asking.send(request)) == Code::ok);
}

TEST_CASE("requests that are wrong are refused before anything is sent") {
  Asking asking(keeping(respond(200, "")));
  const auto refused = [&](auto change) {
    auto request = asking.request("/");
    change(request);
    return code_of(asking.send(request)) == Code::invalid_argument;
  };
  CHECK(refused([](auto& r) { r.url = "file:///etc/passwd"; }));
  CHECK(refused([](auto& r) { r.url = "http://user:pw@127.0.0.1/"; }));
  CHECK(refused([](auto& r) { r.method = "GET / HTTP/1.1\r\nX:"; }));
  CHECK(refused([](auto& r) { r.method = "CONNECT"; }));
  CHECK(refused([](auto& r) { r.method = ""; }));
  CHECK(refused([](auto& r) { r.headers = {{"A", "b\r\nEvil: c"}}; }));
  CHECK(refused([](auto& r) { r.headers = {{"A: b\r\nEvil", "c"}}; }));
  CHECK(refused([](auto& r) { r.headers = {{"Host", "other"}}; }));
  CHECK(refused([](auto& r) { r.headers = {{"content-length", "3"}}; }));
  CHECK(refused([](auto& r) { r.headers = {{"Transfer-Encoding", "chunked"}}; }));
  CHECK(asking.server.requests().empty());
}

TEST_CASE("everything on the wire is counted") {
  Asking asking([](Connection& connection, const Request& request) {
    if (request.target == "/r")
      return connection.send("HTTP/1.1 302 F\r\nLocation: /t\r\nContent-Length: 4\r\n\r\nbody");
    return connection.send(respond(200, gzip("hello hello hello"), "Content-Encoding: gzip\r\n"));
  });
  REQUIRE(asking.get("/r"));
  const auto counters = asking.http->counters();
  CHECK(counters.requests == 2);
  CHECK(counters.bytes == 4 + gzip("hello hello hello").size());
  CHECK(counters.not_modified == 0);
}

TEST_CASE("without a descriptor left there is no socket, and the error says so") {
  ClientOptions options = quick();
  options.attempts = 1;
  Asking asking(
      [](Connection& connection, const Request&) {
        connection.send(respond(200, "a page", "Connection: close\r\n"));
        return false;
      },
      options);
  REQUIRE(asking.get("/"));   // now there is a thread with its pipe
  const int next = ::dup(0);  // the lowest that is free, as long as nobody opens or closes
  REQUIRE(next >= 0);
  ::close(next);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto refused = asking.get("/");
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::network);
  CHECK_THAT(refused.error().message,
             Catch::Matchers::Contains("too many open files in this process (ulimit -n)"));
  CHECK(asking.get("/"));
}

TEST_CASE("a host sees no more requests at once than the limit") {
  ClientOptions options = quick();
  options.per_host = 3;
  std::atomic<int> arrived{0};
  Gate three;
  Asking asking(
      [&](Connection& connection, const Request&) {
        if (++arrived == 3) three.open();
        three.wait();
        return connection.send(respond(200, "x"));
      },
      options);
  std::vector<std::thread> callers;
  std::atomic<int> good{0};
  for (int i = 0; i < 12; ++i) callers.emplace_back([&] { good += asking.get() ? 1 : 0; });
  for (auto& caller : callers) caller.join();
  CHECK(good == 12);
  CHECK(asking.server.most_at_once() == 3);
}

TEST_CASE("send_many hands over each result once, on the caller's thread") {
  Asking asking([](Connection& connection, const Request& request) {
    return connection.send(respond(200, request.target));
  });
  std::vector<ports::HttpRequest> requests;
  for (int i = 0; i < 300; ++i) requests.push_back(asking.request("/" + std::to_string(i)));
  requests[7].url = "nonsense";
  std::set<std::size_t> seen;
  std::size_t good = 0;
  const auto caller = std::this_thread::get_id();
  asking.http->send_many(requests, asking.cancel,
                         [&](std::size_t index, base::Result<ports::HttpResponse> result) {
                           CHECK(std::this_thread::get_id() == caller);
                           CHECK(seen.insert(index).second);
                           if (index == 7) CHECK(code_of(result) == Code::invalid_argument);
                           if (result && result->body == "/" + std::to_string(index)) ++good;
                         });
  CHECK(seen.size() == 300);
  CHECK(good == 299);
  CHECK(asking.server.connections() <= 8);
}

TEST_CASE("a request that is cancelled returns at once, wherever it is") {
  using Steady = std::chrono::steady_clock;
  Gate busy_asked;
  Gate hangs_asked;
  Asking asking([&](Connection& connection, const Request&) {
    busy_asked.open();
    return connection.send(respond(429, "", "Retry-After: 50\r\n"));
  });
  Server hanging([&](Connection& connection, const Request&) {
    hangs_asked.open();
    connection.wait_for_client();
    return false;
  });
  base::Cancel cancel;
  std::vector<std::thread> callers;
  std::atomic<int> cancelled{0};
  const auto call = [&](const std::string& url) {
    callers.emplace_back([&, url] {
      auto request = asking.request("/");
      request.url = url;
      request.private_origins = {hanging.origin(), asking.server.origin()};
      cancelled += code_of(asking.http->send(request, cancel)) == Code::cancelled ? 1 : 0;
    });
  };
  call(asking.server.url("/waits-for-its-retry"));
  REQUIRE(busy_asked.wait());
  call(asking.server.url("/waits-for-its-turn"));
  call(hanging.url("/"));
  REQUIRE(hangs_asked.wait());
  const auto start = Steady::now();
  cancel.request();
  for (auto& caller : callers) caller.join();
  CHECK(cancelled == 3);
  CHECK(Steady::now() - start < std::chrono::seconds(2));
}

TEST_CASE("closing the client ends what is under way") {
  Gate asked;
  auto asking = std::make_unique<Asking>([&](Connection& connection, const Request&) {
    asked.open();
    connection.wait_for_client();
    return false;
  });
  const auto request = asking->request("/");
  base::Result<ports::HttpResponse> result;
  ports::Http& http = *asking->http;
  std::thread caller([&] { result = http.send(request, asking->cancel); });
  REQUIRE(asked.wait());
  asking->http.reset();
  caller.join();
  CHECK(code_of(result) == Code::cancelled);
}

TEST_CASE("the environment's proxy and netrc are not used") {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("all_proxy", "http://127.0.0.1:1", 1);
  setenv("NETRC", "/nonexistent", 1);
  Asking asking(keeping(respond(200, "direct", "Set-Cookie: a=b\r\n")));
  REQUIRE(asking.get());
  REQUIRE(asking.get());
  for (auto& request : asking.server.requests()) {
    CHECK(request.headers.count("cookie") == 0);
    CHECK(request.headers.count("authorization") == 0);
  }
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  unsetenv("NETRC");
}

}  // namespace freshet::net
