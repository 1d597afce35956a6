// Servers that lie, stall, flood and break off.
#include <fmt/format.h>

#include <chrono>

#include "tests/core/net/fixture.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Millis;
using namespace test;  // NOLINT: the test's own helpers

ClientOptions once() {
  ClientOptions options = quick();
  options.attempts = 1;
  return options;
}

Code answer_to(std::string bytes, ClientOptions options = once()) {
  Asking asking(always(std::move(bytes)), std::move(options));
  return code_of(asking.get());
}

}  // namespace

TEST_CASE("a response that breaks off at any byte is an error, never a part") {
  const std::string whole = respond(200, "a small page", "Content-Type: text/html\r\n");
  // Without the very last byte, the line feed behind the last chunk, nothing is missing.
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("a small page") + "0\r\n\r";
  const bool by_reset = GENERATE(false, true);
  Asking asking(
      [&](Connection& connection, const Request& request) {  // "/whole/17": the first 17 bytes
        const auto length = static_cast<std::size_t>(std::atoi(request.target.c_str() + 7));
        const bool of_whole = request.target.starts_with("/whole");
        connection.send(std::string_view(of_whole ? whole : chunked).substr(0, length));
        if (by_reset) connection.reset();
        return false;
      },
      once());
  const auto check = [&](const std::string& text, const std::string& target) {
    for (std::size_t length = 0; length < text.size(); ++length) {
      INFO(target << length);
      const Code code = code_of(asking.get(target + std::to_string(length)));
      CHECK((code == Code::network || (code == Code::parse && length < 20)));
    }
  };
  check(whole, "/whole/");
  check(chunked, "/chunk/");
}

TEST_CASE("a response that breaks off is asked for again") {
  std::atomic<int> asked{0};
  Asking asking([&](Connection& connection, const Request&) {
    if (++asked < 3)
      return connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") && false;
    return connection.send(respond(200, "the whole"));
  });
  const auto response = asking.get();
  REQUIRE(response);
  CHECK(response->body == "the whole");
  CHECK(response->attempts == 3);
}

TEST_CASE("lengths that lie") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  CHECK(answer_to(ok + "Content-Length: 50\r\n\r\nshort") == Code::network);
  CHECK(answer_to(ok + "Content-Length: -1\r\n\r\nbody") != Code::ok);
  CHECK(answer_to(ok + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody!") == Code::parse);
  CHECK(answer_to(ok + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("body") +
                  "0\r\n\r\n") == Code::parse);
  CHECK(answer_to(ok + "Content-Length: 99999999999999999999\r\n\r\nbody") != Code::ok);
  CHECK(answer_to(ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nbody") != Code::ok);
  CHECK(answer_to(ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\nbody") != Code::ok);
  CHECK(answer_to(ok + "Content-Length: 50000000000\r\n\r\nbody") == Code::limit);
}

TEST_CASE("a body longer than its length is an error, however it comes") {
  const auto head = [](std::size_t length, const std::string& more = "") {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n", length, more);
  };
  const std::string close = GENERATE("", "Connection: close\r\n");
  const std::string large(100'000, 'x');
  CHECK(answer_to(head(4, close) + "body, and more") == Code::parse);
  CHECK(answer_to(head(4, close) + "body\n") == Code::parse);
  CHECK(answer_to(head(large.size(), close) + large + "more") == Code::parse);
  CHECK(answer_to(head(large.size() - 1, close) + large) == Code::parse);
  CHECK(answer_to(head(large.size(), close) + large) == Code::ok);
  CHECK(answer_to(head(4, close) + "body") == Code::ok);
  Asking in_two([&](Connection& connection, const Request&) {
    connection.send(head(4, close));
    connection.send("body, and more");
    return false;
  });
  CHECK(code_of(in_two.get()) == Code::parse);
}

TEST_CASE("a length where there is no body promises none") {
  const std::string length = "Content-Length: 400\r\n";
  Asking asking([&](Connection& connection, const Request& request) {
    if (request.target == "/304")
      return connection.send("HTTP/1.1 304 Not Modified\r\n" + length + "\r\n");
    return connection.send("HTTP/1.1 200 OK\r\n" + length + "\r\n");
  });
  auto request = asking.request("/304");
  request.headers = {{"If-None-Match", "\"1\""}};
  CHECK(asking.send(request)->status == 304);
  request = asking.request("/head");
  request.method = "HEAD";
  CHECK(asking.send(request)->status == 200);
  CHECK(asking.server.connections() == 1);
}

TEST_CASE("bytes behind the end of a response are not taken for the next one") {
  Asking asking([](Connection& connection, const Request& request) {
    if (request.target == "/long")
      return connection.send(
          "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbodyHTTP/1.1 200 OK\r\nContent-Length: "
          "4\r\n\r\nevil");
    return connection.send(respond(200, "good"));
  });
  CHECK(code_of(asking.get("/long")) == Code::parse);
  const auto second = asking.get("/next");
  REQUIRE(second);
  CHECK(second->body == "good");
}

TEST_CASE("floods are cut at their limits") {
  ClientOptions options = once();
  options.max_bytes = 100'000;
  const auto flood = [&](std::string start, std::string again) {
    Asking asking(
        [&](Connection& connection, const Request&) {
          connection.send(start);
          while (connection.send(again)) {
          }
          return false;
        },
        options);
    return code_of(asking.get());
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  CHECK(flood(ok + "Transfer-Encoding: chunked\r\n\r\n", chunk(std::string(1000, 'x'))) ==
        Code::limit);
  CHECK(flood(ok + "\r\n", std::string(1000, 'x')) == Code::limit);
  CHECK(flood(ok, "A: b\r\n") == Code::limit);
  CHECK(flood("", "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n") == Code::limit);
  CHECK(flood(ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "Trailer: x\r\n") == Code::limit);
}

TEST_CASE("heads that are too large or malformed are refused") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  CHECK(answer_to(ok + "A: " + std::string(70'000, 'x') + "\r\n\r\n") == Code::limit);
  CHECK(answer_to(ok + "A: " + std::string(300'000, 'x') + "\r\n\r\n") != Code::ok);
  std::string many = ok;
  for (int i = 0; i < 5001; ++i) many += "A: b\r\n";
  CHECK(answer_to(many + "\r\n") == Code::limit);
  CHECK(answer_to(ok + "A: b\r\n folded\r\n\r\n") == Code::parse);
  CHECK(answer_to(ok + std::string("A: b\0c\r\n\r\n", 10)) != Code::ok);
  CHECK(answer_to("<html>as in HTTP/0.9</html>") == Code::parse);
  CHECK(answer_to("HTTP/1.1 999 Odd\r\n\r\n") != Code::ok);
  CHECK(answer_to("HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\n") != Code::ok);
}

TEST_CASE("servers that stall are left, each within its limit") {
  using Steady = std::chrono::steady_clock;
  ClientOptions options = once();
  options.first_byte = Millis(150);
  options.low_speed_time = Millis(150);
  const auto stall = [&](std::string start, std::string slowly) {
    Asking asking(
        [&](Connection& connection, const Request&) {
          connection.send(start);
          connection.send_slowly(slowly, 10);
          connection.wait_for_client();
          return false;
        },
        options);
    const auto begin = Steady::now();
    const auto result = asking.get();
    CHECK(Steady::now() - begin < std::chrono::seconds(3));
    return result ? std::string("ok") : base::to_string(result.error());
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  using Catch::Matchers::Contains;
  CHECK_THAT(stall("", ""), Contains("headers came within"));
  CHECK_THAT(stall("", ok + "A: " + std::string(1000, 'x')), Contains("headers came within"));
  CHECK_THAT(stall(ok + "Content-Length: 9\r\n\r\n", ""), Contains("bytes a second"));
  options.low_speed = 1000;
  CHECK_THAT(stall(ok + "Content-Length: 9999\r\n\r\n", std::string(1000, 'x')),
             Contains("bytes a second"));
  options.low_speed = 0;
  options.timeout = Millis(200);
  CHECK_THAT(stall(ok + "Content-Length: 9999\r\n\r\n", std::string(1000, 'x')),
             Contains("curl 28"));
}

TEST_CASE("a request that names its own time may wait for the headers as long") {
  ClientOptions options = once();
  options.first_byte = Millis(30);
  Asking asking(
      [](Connection& connection, const Request&) {
        connection.send_slowly("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 5);
        return true;
      },
      options);
  CHECK(code_of(asking.get()) == Code::timeout);
  auto patient = asking.request("/");
  patient.timeout = Millis(4'000);
  CHECK(code_of(asking.send(patient)) == Code::ok);
  patient.timeout = Millis(50);
  CHECK(code_of(asking.send(patient)) == Code::timeout);
}

TEST_CASE("one host that stalls does not hold up another") {
  ClientOptions options = quick();
  options.total = 2;
  options.per_host = 1;
  Gate asked;
  Asking slow(
      [&](Connection& connection, const Request&) {
        asked.open();
        connection.wait_for_client();
        return false;
      },
      options);
  Server fast(keeping(respond(200, "x")));
  base::Cancel cancel;
  base::Result<ports::HttpResponse> stalled;
  std::thread caller([&] { stalled = slow.http->send(slow.request("/"), cancel); });
  REQUIRE(asked.wait());
  auto request = slow.request("/");
  request.url = fast.url("/");
  request.private_origins = {fast.origin()};
  CHECK(code_of(slow.send(request)) == Code::ok);
  cancel.request();
  caller.join();
  CHECK(code_of(stalled) == Code::cancelled);
}

TEST_CASE("bombs stop at the limits") {
  const std::string bomb = gzip(std::string(40u << 20, '\0'));
  CHECK(answer_to(respond(200, bomb, "Content-Encoding: gzip\r\n")) == Code::limit);
  CHECK(
      answer_to("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" +
                chunk(bomb) + "0\r\n\r\n") == Code::limit);
  CHECK(answer_to(respond(200, gzip(bomb), "Content-Encoding: gzip, gzip\r\n")) == Code::parse);
  CHECK(answer_to("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + chunk(bomb) +
                  "0\r\n\r\n") == Code::parse);
  Asking asking(keeping(respond(200, std::string(1001, 'x'))), once());
  auto small = asking.request("/");
  small.max_bytes = 1000;
  CHECK(code_of(asking.send(small)) == Code::limit);
  small.max_bytes = 1001;
  CHECK(code_of(asking.send(small)) == Code::ok);
}

TEST_CASE("encoded bodies are decoded whole or refused") {
  const std::string page = "a page, a page, a page";
  const std::string packed = gzip(page);
  const auto gzipped = [&](std::string_view body) {
    return respond(200, body, "Content-Encoding: gzip\r\n");
  };
  Asking asking(always(gzipped(packed)), once());
  const auto response = asking.get();
  REQUIRE(response);
  CHECK(response->body == page);
  CHECK(answer_to(gzipped(packed.substr(0, packed.size() - 9))) == Code::parse);
  CHECK(answer_to(gzipped(packed + "trailing junk")) == Code::parse);
  CHECK(answer_to(gzipped(page)) == Code::parse);
  CHECK(answer_to(respond(200, page, "Content-Encoding: br\r\n")) == Code::parse);
  CHECK(answer_to(respond(200, page, "Content-Encoding: zstd\r\n")) == Code::parse);
  // No coding at all, but a charset that somebody set there by hand.
  CHECK(answer_to(respond(200, page, "Content-Encoding: utf-8\r\n")) == Code::ok);
  CHECK(answer_to(gzipped("")) == Code::ok);
}

}  // namespace freshet::net
