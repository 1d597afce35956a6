// Attempts, waits, hosts that ask to be left alone, pace, and robots.txt.
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/core/net/fixture.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Millis;
using Catch::Matchers::Contains;
using Steady = std::chrono::steady_clock;
using namespace test;  // NOLINT: the test's own helpers

// Fails `times` times with `bytes`, then answers.
Server::Handler failing(int times, std::string bytes) {
  auto left = std::make_shared<std::atomic<int>>(times);
  return [=](Connection& connection, const Request&) {
    return connection.send(--*left >= 0 ? bytes : respond(200, "at last"));
  };
}

Millis since(Steady::time_point start) {
  return std::chrono::duration_cast<Millis>(Steady::now() - start);
}

}  // namespace

TEST_CASE("a server that recovers is asked again") {
  const int status = GENERATE(408, 429, 500, 502, 503, 504);
  Asking asking(failing(2, respond(status, "later")));
  const auto response = asking.get();
  REQUIRE(response);
  CHECK(response->attempts == 3);
  CHECK(response->body == "at last");
  CHECK(asking.http->counters().requests == 3);
}

TEST_CASE("a server that stays down is an error with its last answer") {
  const auto error_of = [](int status) {
    Asking asking(keeping(respond(status, "later")));
    auto result = asking.get("/a?token=hunter2");
    CHECK(asking.server.requests().size() == 3);
    return result ? base::Error{} : result.error();
  };
  const auto down = error_of(503);
  CHECK(down.code == Code::remote);
  CHECK(down.attempts == 3);
  CHECK_THAT(down.message, Contains("503"));
  CHECK_THAT(down.subject, Contains("token=***"));
  CHECK(error_of(429).code == Code::rate_limited);
  CHECK(error_of(408).code == Code::timeout);
}

TEST_CASE("BA2 each attempt that another follows is heard, and a request may have its own number") {
  Asking asking(failing(2, respond(503, "later")));
  auto request = asking.request("/a?token=hunter2");
  std::vector<base::Error> heard;
  request.on_retry = [&](const base::Error& error) { heard.push_back(error); };
  CHECK(asking.send(request)->attempts == 3);
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].code == Code::remote);
  CHECK(heard[1].attempts == 2);
  CHECK_THAT(heard[1].subject, Contains("token=***"));

  Asking down(keeping(respond(503, "later")));
  const auto twice = std::make_shared<ports::Requester>();
  twice->options.retry.attempts = 2;
  auto own = down.request("/");
  own.requester = twice;
  const auto failed = down.send(own);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().attempts == 2);
  CHECK(down.server.requests().size() == 2);
  CHECK(twice->tally.requests == 2);
  CHECK(twice->tally.retries == 1);
}

TEST_CASE("servers that cannot be reached are tried as often") {
  int port = 0;
  {
    Server gone(keeping(""));
    port = gone.port();
  }
  Asking asking(keeping(""));
  auto request = asking.request("/");
  request.url = "http://127.0.0.1:" + std::to_string(port) + "/";
  request.private_origins = {request.url};
  request.idempotent = false;  // nothing was sent, so even this may be tried again
  const auto result = asking.send(request);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Code::network);
  CHECK(result.error().attempts == 3);
  CHECK(asking.http->counters().requests == 0);
}

TEST_CASE("answers that are final are not asked for again") {
  const int status = GENERATE(501, 505);
  Asking asking(keeping(respond(status, "")));
  const auto result = asking.get();
  CHECK(code_of(result) == Code::remote);
  CHECK(asking.server.requests().size() == 1);
}

TEST_CASE("a refusal that was asked for comes at once, with its body, and holds the next request") {
  const int status = GENERATE(429, 500, 503, 599);
  Asking asking(failing(1, respond(status, "why", "Retry-After: 1\r\n")));
  auto request = asking.request("/");
  request.refusals = true;
  const auto start = Steady::now();
  const auto refused = asking.send(request);
  REQUIRE(refused);
  CHECK(refused->status == status);
  CHECK(refused->body == "why");
  CHECK(refused->attempts == 1);
  CHECK(asking.send(request)->status == 200);
  if (status == 429 || status == 503) CHECK(since(start) >= Millis(985));
}

TEST_CASE("what may not be repeated is sent once") {
  Asking down(keeping(respond(503, "")));
  auto post = down.request("/");
  post.method = "POST";
  post.idempotent = false;
  CHECK(code_of(down.send(post)) == Code::remote);
  CHECK(down.server.requests().size() == 1);

  // libcurl would send it again by itself when a kept connection turns out to be closed.
  Asking breaking([](Connection& connection, const Request& request) {
    return request.method == "GET" && connection.send(respond(200, ""));
  });
  REQUIRE(breaking.get());
  auto again = breaking.request("/");
  again.method = "POST";
  again.idempotent = false;
  CHECK(code_of(breaking.send(again)) == Code::network);
  CHECK(breaking.server.requests().size() == 2);

  Asking limited(failing(1, respond(429, "")));
  auto once_more = limited.request("/");
  once_more.method = "POST";
  once_more.idempotent = false;
  CHECK(code_of(limited.send(once_more)) == Code::ok);
}

TEST_CASE("the dates of an answer are read once") {
  Asking asking(keeping(respond(200, "x",
                                "Date: Fri, 20 Nov 2026 16:00:00 GMT\r\n"
                                "Last-Modified: yesterday\r\n")));
  const auto response = asking.get();
  REQUIRE(response);
  REQUIRE(response->date);
  CHECK(response->date->ms == 1'795'190'400'000);
  CHECK_FALSE(response->last_modified);
}

TEST_CASE("Retry-After is waited for") {
  Asking asking(failing(1, respond(503, "", "Retry-After: 1\r\n")));
  const auto start = Steady::now();
  const auto response = asking.get();
  REQUIRE(response);
  CHECK(response->attempts == 2);
  CHECK(since(start) >= Millis(985));
}

TEST_CASE("Retry-After is kept by everybody who asks that host") {
  ClientOptions options = quick();
  options.attempts = 1;
  Asking asking(failing(1, respond(429, "", "Retry-After: 1\r\n")), options);
  Server other(keeping(respond(200, "")));
  const auto start = Steady::now();
  const auto limited = asking.get("/first");
  CHECK(code_of(limited) == Code::rate_limited);
  CHECK(limited.error().retry_after_ms == 1000);
  auto elsewhere = asking.request("/");
  elsewhere.url = other.url("/");
  elsewhere.private_origins = {other.origin()};
  CHECK(code_of(asking.send(elsewhere)) == Code::ok);
  CHECK(code_of(asking.get("/second")) == Code::ok);
  CHECK(since(start) >= Millis(985));
}

TEST_CASE("a host that wants to be left alone for long is, and the caller is told at once") {
  Asking asking(keeping(respond(429, "", "Retry-After: 3600\r\n")));
  const auto first = asking.get("/first");
  REQUIRE_FALSE(first);
  CHECK(first.error().code == Code::rate_limited);
  CHECK(first.error().retry_after_ms == 3'600'000);
  CHECK(first.error().attempts == 1);
  const auto second = asking.get("/second");
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Code::rate_limited);
  CHECK(second.error().retry_after_ms > 3'590'000);
  CHECK(second.error().retry_after_ms <= 3'600'000);
  CHECK(asking.server.requests().size() == 1);
}

TEST_CASE("a host that another client was told to leave alone is left alone by this one") {
  Asking asking(keeping(respond(200, "")));
  const std::string host = asking.server.origin().substr(std::string("http://").size());
  const base::Instant now = ports::system_clock().now();
  const std::vector<ports::HostHold> known = {{host, now + Millis(3'600'000)},
                                              {"elsewhere", now + Millis(5'000)}};
  asking.http->hold(known);
  const auto refused = asking.get("/first");
  CHECK(code_of(refused) == Code::rate_limited);
  CHECK(refused.error().retry_after_ms > 3'590'000);
  CHECK(asking.server.requests().empty());
  CHECK(asking.http->counters().turned_away == 1);
  CHECK(asking.http->holds().size() == 2);
}

TEST_CASE("what a server asks for is told to whoever keeps it") {
  Asking asking(keeping(respond(429, "", "Retry-After: 3600\r\n")));
  CHECK(asking.http->holds().empty());
  CHECK_FALSE(asking.get());
  const auto holds = asking.http->holds();
  REQUIRE(holds.size() == 1);
  CHECK("http://" + holds[0].host == asking.server.origin());
  const Millis left = holds[0].until - ports::system_clock().now();
  CHECK(left > Millis(3'590'000));
  CHECK(left <= Millis(3'600'000));
}

TEST_CASE("waits may be a list, and the attempts of a request may have an end") {
  ClientOptions options = quick();
  options.attempts = 20;
  options.delays = {Millis(1), Millis(30)};
  options.deadline = Millis(100);
  Asking asking(keeping(respond(503, "")), options);
  const auto result = asking.get();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Code::remote);
  CHECK_THAT(result.error().message, Contains("100ms for all attempts are over"));
  CHECK(result.error().attempts >= 2);
  CHECK(result.error().attempts <= 5);  // 1, 30, 30 and 30 ms would be 91; one more is too many
  CHECK(asking.http->counters().retries + 1 == asking.server.requests().size());
}

// The machine's clock, or later.
class LateClock : public ports::Clock {
 public:
  base::Instant now() const override { return ports::system_clock().now() + late_.load(); }
  base::Millis monotonic() const override {
    return ports::system_clock().monotonic() + late_.load();
  }
  std::atomic<Millis> late_{Millis(0)};
};

TEST_CASE("a host that keeps failing is left alone for a while, and is not asked meanwhile") {
  ClientOptions options = quick();
  options.attempts = 1;
  Asking asking(failing(3, respond(500, "")), options);
  const std::string host = asking.server.origin().substr(std::string("http://").size());
  Manners careful = options;
  careful.breaker = {3, Millis(300'000)};
  options.hosts.emplace(host, careful);
  LateClock clock;
  asking.http = make_client(options, clock);
  for (int i = 0; i < 3; ++i) CHECK(code_of(asking.get()) == Code::remote);
  const auto turned_away = asking.get();
  CHECK(code_of(turned_away) == Code::network);
  CHECK_THAT(turned_away.error().message, Contains("failed 3 times in a row"));
  CHECK(turned_away.error().retry_after_ms > 0);
  CHECK(turned_away.error().retry_after_ms <= 300'000);
  CHECK(asking.server.requests().size() == 3);
  clock.late_ = Millis(300'001);
  CHECK(code_of(asking.get()) == Code::ok);
  asking.http.reset();  // it has the clock
}

TEST_CASE("a host keeps its rate, and others are not slowed") {
  ClientOptions options = quick();
  Asking asking(keeping(respond(200, "")), options);
  Server other(keeping(respond(200, "")));
  const std::string host = asking.server.origin().substr(std::string("http://").size());
  Manners slow = options;
  slow.rate = {3, Millis(200)};
  options.hosts.emplace(host, slow);
  asking.http = make_client(options, ports::system_clock());
  std::vector<ports::HttpRequest> requests;
  for (int i = 0; i < 9; ++i) requests.push_back(asking.request("/"));
  for (int i = 0; i < 9; ++i) {
    auto& elsewhere = requests.emplace_back(asking.request("/"));
    elsewhere.url = other.url("/");
    elsewhere.private_origins = {other.origin()};
  }
  const auto start = Steady::now();
  std::vector<Millis> here, there;
  asking.http->send_many(requests, asking.cancel, [&](std::size_t index, auto result) {
    CHECK(result);
    (index < 9 ? here : there).push_back(since(start));
  });
  REQUIRE(here.size() == 9);
  CHECK(here.back() >= Millis(400));
  CHECK(there.back() < here.back());
}

TEST_CASE("of two Retry-After the longer counts, up to the cap; nonsense is passed over") {
  Asking two(keeping(respond(503, "", "Retry-After: 100\r\nRetry-After: 1000000000000\r\n")));
  const auto capped = two.get();
  CHECK(code_of(capped) == Code::rate_limited);
  CHECK(capped.error().retry_after_ms == 86'400'000);
  for (const auto value : {"-5", "soon", "Sun, 06 Nov 1994 08:49:37 GMT"}) {
    Asking odd(failing(2, respond(503, "", "Retry-After: " + std::string(value) + "\r\n")));
    const auto response = odd.get();
    REQUIRE(response);
    CHECK(response->attempts == 3);
  }
}

TEST_CASE("Retry-After-Ms is waited for like Retry-After, and the longer of both counts") {
  Asking asking(failing(1, respond(429, "", "Retry-After-Ms: 250\r\n")));
  const auto start = Steady::now();
  REQUIRE(asking.get());
  CHECK(since(start) >= Millis(235));
  CHECK(since(start) < Millis(10'000));
  Asking two(keeping(respond(429, "", "Retry-After-Ms: 90000.2\r\nRetry-After: 1\r\n")));
  CHECK(two.get().error().retry_after_ms == 90'001);
}

TEST_CASE("a server that says that trying again is in vain is believed") {
  for (const auto& [value, attempts] : {std::pair{"false", 1}, {"true", 3}, {"maybe", 3}}) {
    Asking asking(keeping(respond(500, "", "x-should-retry: " + std::string(value) + "\r\n")));
    const auto response = asking.get();
    CHECK(code_of(response) == Code::remote);
    CHECK(response.error().attempts == attempts);
  }
}

TEST_CASE("requests keep the pace they are told to") {
  Asking asking(keeping(respond(200, "")));
  std::vector<ports::HttpRequest> requests(4, asking.request("/"));
  for (auto& request : requests) request.pace = Millis(60);
  const auto start = Steady::now();
  asking.http->send_many(requests, asking.cancel, [](std::size_t, auto result) { CHECK(result); });
  CHECK(since(start) >= Millis(175));  // two clocks, each rounded
}

TEST_CASE("robots.txt is asked once and followed") {
  Asking asking([](Connection& connection, const Request& request) {
    if (request.target == "/robots.txt")
      return connection.send(respond(200, "User-agent: *\nDisallow: /no\n"));
    if (request.target == "/moved")
      return connection.send(respond(302, "", "Location: /no/way\r\n"));
    return connection.send(respond(200, "page"));
  });
  std::vector<ports::HttpRequest> requests;
  for (const auto target : {"/yes", "/no", "/yes?2", "/no/2", "/moved"}) {
    requests.push_back(asking.request(target));
    requests.back().robots = true;
  }
  std::vector<Code> codes(requests.size());
  asking.http->send_many(requests, asking.cancel, [&](std::size_t index, auto result) {
    codes[index] = code_of(result);
    if (!result) CHECK(result.error().message == "robots.txt disallows this page");
  });
  CHECK(codes == std::vector<Code>{Code::ok, Code::denied, Code::ok, Code::denied, Code::denied});
  CHECK(asking.server.count("/robots.txt") == 1);
  CHECK(asking.server.count("/no") + asking.server.count("/no/2") +
            asking.server.count("/no/way") ==
        0);
  CHECK(asking.http->counters().requests == 4);   // robots.txt, two pages, one redirect
  CHECK(code_of(asking.get("/no")) == Code::ok);  // who does not ask is not told
}

TEST_CASE("no robots.txt allows everything, a broken one nothing") {
  const auto ask = [](std::string robots) {
    Asking asking([&](Connection& connection, const Request& request) {
      if (request.target == "/robots.txt")
        return connection.send(robots) && robots.find("close") == std::string::npos;
      if (request.target.starts_with("/robots.txt?")) {
        const int left = std::atoi(request.target.c_str() + 12);
        return connection.send(
            left == 0
                ? respond(200, "User-agent: *\nDisallow: /\n")
                : respond(302, "", "Location: /robots.txt?" + std::to_string(left - 1) + "\r\n"));
      }
      return connection.send(respond(200, "page"));
    });
    auto request = asking.request("/page");
    request.robots = true;
    auto result = asking.send(request);
    const int asked = static_cast<int>(asking.server.requests().size());
    CHECK(code_of(asking.send(request)) == code_of(result));
    CHECK(static_cast<int>(asking.server.requests().size()) == asked + (result ? 1 : 0));
    return result;
  };
  const auto to = [](int left) {
    return respond(302, "", "Location: /robots.txt?" + std::to_string(left) + "\r\n");
  };
  for (const int status : {401, 403, 404, 410})
    CHECK(code_of(ask(respond(status, ""))) == Code::ok);
  CHECK(code_of(ask(respond(200, ""))) == Code::ok);
  CHECK(code_of(ask(respond(200, "<html>no robots here</html>"))) == Code::ok);
  CHECK(code_of(ask(to(4))) ==
        Code::denied);                     // five redirects are followed, to a file that forbids
  CHECK(code_of(ask(to(5))) == Code::ok);  // six are not
  const auto down = ask(respond(503, ""));
  REQUIRE_FALSE(down);
  CHECK(down.error().code == Code::denied);
  CHECK(down.error().retry_after_ms > 0);
  CHECK_THAT(base::to_string(down.error()),
             Contains("robots.txt could not be read") && Contains("503"));
  const auto broken =
      ask("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nUser-agent: *\n");
  CHECK(code_of(broken) == Code::denied);
}

TEST_CASE("a huge robots.txt is read as far as it counts") {
  const std::string text = "User-agent: *\nDisallow: /no\n" + std::string(2u << 20, '#');
  Asking asking([&](Connection& connection, const Request& request) {
    return connection.send(request.target == "/robots.txt" ? respond(200, text) : respond(200, ""));
  });
  auto request = asking.request("/no");
  request.robots = true;
  CHECK(code_of(asking.send(request)) == Code::denied);
  request.url = asking.server.url("/yes");
  CHECK(code_of(asking.send(request)) == Code::ok);
}

TEST_CASE("Crawl-delay is kept") {
  Asking asking([](Connection& connection, const Request& request) {
    const bool robots = request.target == "/robots.txt";
    return connection.send(respond(200, robots ? "User-agent: freshet\nCrawl-delay: 0.1\n" : ""));
  });
  std::vector<ports::HttpRequest> requests(3, asking.request("/"));
  for (auto& request : requests) request.robots = true;
  const auto start = Steady::now();
  asking.http->send_many(requests, asking.cancel, [](std::size_t, auto result) { CHECK(result); });
  CHECK(since(start) >= Millis(285));  // after robots.txt, and between the three
}

TEST_CASE("robots.txt of an origin that may not be asked blocks its pages") {
  Asking asking(keeping(respond(200, "")));
  auto request = asking.request("/");
  request.robots = true;
  request.private_origins.clear();
  CHECK(code_of(asking.send(request)) == Code::blocked);
  // That refusal is not remembered for who may ask.
  request.private_origins = {asking.server.origin()};
  CHECK(code_of(asking.send(request)) == Code::ok);
}

}  // namespace freshet::net
