// Who may ask, judged by what a request says of itself.
#include "core/serve/gatekeeper.hpp"

#include "core/sync/listen.hpp"
#include "tests/support/catch.hpp"

namespace freshet::serve {
namespace {

Request request(const char* host, const char* local = "127.0.0.1") {
  Request request;
  request.path = "/api/v1/status";
  request.local_address = local;
  request.headers["host"] = host;
  return request;
}

TEST_CASE("it answers by its own names only", "[gatekeeper]") {
  const Gatekeeper gatekeeper{{"docs.Example.org"}, ""};
  for (const char* host : {"127.0.0.1", "127.0.0.1:8466", "localhost", "LOCALHOST:1",
                           "docs.example.org", "DOCS.example.org:443"})
    CHECK(gatekeeper.check_origin(request(host)));
  for (const char* host :
       {"", "evil.example.org", "127.0.0.2", "127.0.0.1.evil.example.org", "[::1]", "10.0.0.1",
        "localhost.evil.example.org", "[127.0.0.1", "user@localhost"})
    CHECK_FALSE(gatekeeper.check_origin(request(host)));
  CHECK(gatekeeper.check_origin(request("[::1]:8466", "::1")));
  CHECK(gatekeeper.check_origin(request("10.0.0.1:80", "10.0.0.1")));
  // Where others reach it, localhost is no name of the machine that asks.
  CHECK_FALSE(gatekeeper.check_origin(request("localhost", "10.0.0.1")));
}

TEST_CASE("a page of another origin is refused", "[gatekeeper]") {
  const Gatekeeper gatekeeper{{}, ""};
  const auto with = [&](const char* name, const char* value) {
    Request asked = request("localhost:8466");
    asked.headers[name] = value;
    return gatekeeper.check_origin(asked).has_value();
  };
  CHECK(with("origin", "http://localhost:8466"));
  for (const char* origin : {"http://localhost", "http://localhost:84660", "null",
                             "https://evil.example.org", "file://", "localhost:8466"})
    CHECK_FALSE(with("origin", origin));
  CHECK(with("sec-fetch-site", "same-origin"));
  CHECK(with("sec-fetch-site", "none"));
  CHECK_FALSE(with("sec-fetch-site", "cross-site"));
  CHECK_FALSE(with("sec-fetch-site", "same-site"));
}

// A link to the dashboard may stand anywhere.
TEST_CASE("the dashboard may be opened from another page", "[gatekeeper]") {
  Request asked = request("localhost");
  asked.path = "/";
  asked.headers["sec-fetch-site"] = "cross-site";
  CHECK_FALSE(Gatekeeper{}.check_origin(asked));
  asked.headers["sec-fetch-mode"] = "navigate";
  CHECK(Gatekeeper{}.check_origin(asked));
}

TEST_CASE("a token is the whole token", "[gatekeeper]") {
  const Gatekeeper gatekeeper{{}, "correct-horse"};
  const auto with = [&](const char* value) {
    Request asked = request("localhost");
    asked.headers["authorization"] = value;
    return gatekeeper.check_token(asked).has_value();
  };
  CHECK(with("Bearer correct-horse"));
  for (const char* value :
       {"", "Bearer ", "Bearer correct-hors", "Bearer correct-horse ", "correct-horse",
        "bearer correct-horse", "Bearer Correct-horse", "Basic correct-horse"})
    CHECK_FALSE(with(value));
  CHECK(Gatekeeper{}.check_token(request("localhost")));
}

TEST_CASE("an endpoint is an address and a port", "[endpoint]") {
  const auto text = [](const char* from) {
    const auto endpoint = sync::parse_endpoint(from, "listen");
    return endpoint ? endpoint->text() + (endpoint->loopback ? " loopback" : "") : "";
  };
  CHECK(text("127.0.0.1:8466") == "127.0.0.1:8466 loopback");
  CHECK(text("localhost:0") == "127.0.0.1:0 loopback");
  CHECK(text("[::1]:8466") == "[::1]:8466 loopback");
  CHECK(text("127.8.8.8:1") == "127.8.8.8:1 loopback");
  CHECK(text("0.0.0.0:8466") == "0.0.0.0:8466");
  CHECK(text("[::]:65535") == "[::]:65535");
  CHECK(text("192.168.1.7:80") == "192.168.1.7:80");
  for (const char* wrong :
       {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80 ",
        "::1:80", "[::1]", "[127.0.0.1", "example.org:80", "127.1:80", "127.0.0.1:+80"})
    CHECK(text(wrong) == "");
}

TEST_CASE("a source of kind git is told of by what it names", "[hook]") {
  const base::Json options{{"url", "git@github.com:a/b.git"}, {"ref", "release"}};
  const auto git = sync::parse_hook(base::Json::object(), "hook", "git", options);
  REQUIRE(git);
  CHECK(git->origin == "git@github.com:a/b.git");
  CHECK(git->branch == "release");
  CHECK(sync::parse_hook({{"branch", "main"}}, "hook", "git", options)->branch == "main");
  CHECK_FALSE(sync::parse_hook(base::Json::object(), "hook", "sitemap", options));
  CHECK_FALSE(sync::parse_hook(base::Json::object(), "hook", "git", base::Json::object()));
  CHECK(sync::parse_hook({{"origin", "x"}, {"folder", "docs"}}, "hook", "", {})->folder == "docs/");
  for (const char* wrong : {"{file}", "{path", "path}", "{}"})
    CHECK_FALSE(sync::parse_hook({{"origin", "x"}, {"uri", wrong}}, "hook", "", {}));
}

}  // namespace
}  // namespace freshet::serve
