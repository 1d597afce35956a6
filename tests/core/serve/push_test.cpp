// What a push says, and which roots its files are.
#include "core/serve/push.hpp"

#include "core/net/signature.hpp"
#include "core/serve/hooks.hpp"
#include "tests/support/catch.hpp"

namespace freshet::serve {
namespace {

using base::Json;

Json github() {
  return {{"ref", "refs/heads/main"},
          {"after", "0d1a26e67d8f"},
          {"repository",
           {{"clone_url", "https://github.com/example/docs.git"}, {"default_branch", "main"}}},
          {"commits",
           {{{"added", Json::array()}, {"removed", Json::array()}, {"modified", {"a.md"}}}}}};
}

Push pushed(const Json& payload) {
  auto push = github_push(payload);
  REQUIRE(push);
  return *push;
}

TEST_CASE("a repository is the same by whatever URL it is named", "[push]") {
  for (const char* url :
       {"https://github.com/example/Docs", "https://github.com/example/Docs.git",
        "git@github.com:example/Docs.git", "ssh://git@GitHub.com/example/Docs/",
        "https://user:secret@github.com/example/Docs", "git://github.com/example/Docs.git"})
    CHECK(plain_origin(url) == "github.com/example/Docs");
  CHECK(plain_origin("ssh://git@example.org:2222/docs.git") == "example.org:2222/docs");
  CHECK(plain_origin("https://github.com/example/Docs") !=
        plain_origin("https://github.com/example/docs"));
  CHECK(plain_origin("") == "");
}

TEST_CASE("a push is about a source by origin and branch", "[push]") {
  sync::HookConfig hook{"https://github.com/example/docs", "", "", "", ""};
  CHECK(is_about(hook, pushed(github())));
  hook.branch = "release";
  CHECK_FALSE(is_about(hook, pushed(github())));
  hook.branch = "";
  for (const auto& [key, value] :
       {std::pair{"ref", "refs/heads/draft"}, {"ref", "refs/tags/main"}, {"after", "0000000000"}}) {
    Json other = github();
    other[key] = value;
    CHECK_FALSE(is_about(hook, pushed(other)));
  }
  hook.origin = "https://github.com/example/other";
  CHECK_FALSE(is_about(hook, pushed(github())));
}

TEST_CASE("a push that may have changed more than it names is not complete", "[push]") {
  CHECK(pushed(github()).complete);
  for (const char* key : {"forced", "created"}) {
    Json payload = github();
    payload[key] = true;
    CHECK_FALSE(pushed(payload).complete);
  }
  Json gitlab{{"ref", "refs/heads/main"},
              {"before", "1a"},
              {"after", "2b"},
              {"total_commits_count", 2},
              {"project", {{"web_url", "https://gitlab.com/a/b"}}},
              {"commits", {{{"modified", {"a"}}}}}};
  CHECK_FALSE(gitlab_push(gitlab)->complete);
  gitlab["total_commits_count"] = 1;
  CHECK(gitlab_push(gitlab)->complete);
  gitlab["before"] = "0000";
  CHECK_FALSE(gitlab_push(gitlab)->complete);
}

TEST_CASE("a payload that is none is refused by what it lacks", "[push]") {
  for (const auto& [key, value] : {std::pair<const char*, Json>{"ref", nullptr},
                                   {"commits", 7},
                                   {"repository", nullptr},
                                   {"commits", {{{"modified", 7}}}},
                                   {"commits", {{{"modified", {7}}}}},
                                   {"commits", {7}}}) {
    Json payload = github();
    payload[key] = value;
    const auto push = github_push(payload);
    REQUIRE_FALSE(push);
    CHECK(push.error().code == base::Code::parse);
  }
}

TEST_CASE("a file is the root that the template says", "[push]") {
  const Push push = pushed(github());
  const auto fill = [&](const char* text, const char* folder, const char* file) {
    return fill_in(text, {"", "", folder, text, ""}, file, push);
  };
  CHECK(fill("https://e.org/{path}", "", "a/b.md") == "https://e.org/a/b.md");
  CHECK(fill("https://e.org/{stem}", "docs/", "docs/a/b.tar.md") == "https://e.org/a/b.tar");
  CHECK(fill("https://e.org/{stem}/", "", ".well-known") == "https://e.org/.well-known/");
  CHECK(fill("https://e.org/{commit}/{path}", "", "a") == "https://e.org/0d1a26e67d8f/a");
  CHECK(fill("x:{path}", "", "a b%\xc3\xa9?#") == "x:a%20b%25%C3%A9%3F%23");
  CHECK(fill("x:{path}", "", "{stem}") == "x:%7Bstem%7D");
  CHECK(fill("x:{path}", "", "it's") == "x:it's");
  CHECK(fill_in("x:{path}", {}, "it's", push, Escapes::most) == "x:it%27s");
  for (const char* file : {"", "../a", "a/../b", "/etc/passwd", "a//b", "./a", "a/", "\xff"})
    CHECK(fill("x:{path}", "", file) == "");
  CHECK(fill("x:{path}", "docs/", "docs") == "");
  CHECK(fill("x:{path}", "docs/", "docsa/b") == "");
  CHECK(fill("", "", "a") == "");
}

TEST_CASE("GitHub's published example of a signature", "[push]") {
  CHECK(net::hmac_sha256("It's a Secret to Everybody", "Hello, World!") ==
        "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
}

// The example of the specification of Standard Webhooks.
TEST_CASE("the published example of a generic delivery", "[push]") {
  Request request;
  request.body = R"({"test": 2432232314})";
  request.headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                     {"webhook-timestamp", "1614265330"},
                     {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
  const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const auto at = [](std::int64_t seconds) { return base::Instant{seconds * 1000}; };
  const auto code = [&](std::int64_t seconds) {
    return read_delivery(HookKind::generic, request, secret, at(seconds)).error().code;
  };
  CHECK(code(1614265330) == base::Code::parse);  // signed, and no push
  CHECK(code(1614265330 + 300) == base::Code::parse);
  CHECK(code(1614265330 + 301) == base::Code::denied);
  CHECK(code(1614265330 - 301) == base::Code::denied);
  request.body += " ";
  CHECK(code(1614265330) == base::Code::denied);
}

}  // namespace
}  // namespace freshet::serve
