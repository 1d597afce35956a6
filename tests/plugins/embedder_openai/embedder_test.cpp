// The plugin before a server that can be told to be wrong.
#include <cstdlib>

#include "tests/core/host/support.hpp"
#include "tests/plugins/embedder_openai/server.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
namespace ports = freshet::ports;
namespace testing = freshet::testing;
using base::Code;
using freshet::testing::built_plugins;
using freshet::testing::Json;
using freshet::testing::mentions;
using freshet::testing::problem;
using freshet::testing::reply;
using freshet::testing::Strings;

namespace {

struct Fixture {
  base::Result<std::unique_ptr<ports::Embedder>> try_open(Json options = Json::object()) {
    options.update(Json{{"base_url", "http://h/v1"}, {"model", "m"}});
    const auto all =
        plugins.complete_options(freshet::host::Kind::embedder, "openai", options, "embedder");
    if (!all) return base::fail(all.error());
    return plugins.open_embedder("openai", *all);
  }
  // Forgets what opening asked for.
  void open(const Json& options = Json::object()) {
    auto opened = try_open(options);
    REQUIRE(opened);
    embedder = *std::move(opened);
    server.requests.clear();
    server.inputs.clear();
    server.bodies.clear();
  }
  base::Result<ports::Embeddings> embed(const Strings& texts,
                                        ports::Purpose purpose = ports::Purpose::document) {
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    return embedder->embed(views, cancel, purpose);
  }
  testing::EmbeddingsServer server;
  freshet::testing::FakeClock clock;
  freshet::host::Plugins plugins{{built_plugins()},
                                 {{std::shared_ptr<void>(), &server}, clock, {}}};
  std::unique_ptr<ports::Embedder> embedder;
  base::Cancel cancel;
};

bool has(const Strings& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

TEST_CASE_METHOD(Fixture, "one word at the opening says of how many dimensions the model is") {
  REQUIRE(try_open());
  CHECK(server.inputs == std::vector<Strings>{{"a"}});
  open();
  CHECK(embedder->info().dimension == 3);
  CHECK(embedder->info().model == "m");
  CHECK(embedder->info().max_inputs == 512);
  open({{"dimensions", 3}, {"batch", 32}, {"concurrency", 2}, {"batch_bytes", "10KiB"}});
  CHECK(embedder->info().model == "m@3");
  CHECK(embedder->info().max_inputs == 64);
  CHECK(embedder->info().max_bytes == 20'480);
}

TEST_CASE_METHOD(Fixture, "nothing is asked at the opening where the dimensions are given") {
  REQUIRE(try_open({{"dimensions", 3}}));
  CHECK(server.requests.empty());
  open({{"dimensions", 4}});
  const auto made = embed({"one"});
  REQUIRE_FALSE(made);
  CHECK(mentions(made.error().message, "has a vector of 3 dimensions, not 4"));
  CHECK(server.bodies[0]["dimensions"] == 4);
}

TEST_CASE_METHOD(Fixture, "a request is what OpenAI's reference asks for") {
  ::setenv("FRESHET_TEST_KEY", "sk-0123456789", 1);
  open({{"key", "env:FRESHET_TEST_KEY"},
        {"organization", "org-1"},
        {"project", "proj-1"},
        {"headers", {{"X-Key", "secret:env:FRESHET_TEST_KEY"}}}});
  const auto made = embed({"one", "three"});
  REQUIRE(made);
  CHECK(made->vectors[0][1] == 3);
  CHECK(made->vectors[1][1] == 5);
  CHECK(made->tokens == 10);
  CHECK(server.bodies[0] ==
        Json{{"model", "m"}, {"encoding_format", "base64"}, {"input", {"one", "three"}}});
  const auto& request = server.requests[0];
  CHECK(request.url == "http://h/v1/embeddings");
  CHECK(request.method == "POST");
  CHECK(request.timeout == base::Millis(120'000));
  CHECK(request.private_origins == Strings{"http://h"});
  Json headers;
  for (const auto& header : request.headers) headers[header.name] = header.value;
  CHECK(headers == Json{{"Content-Type", "application/json"},
                        {"Authorization", "Bearer sk-0123456789"},
                        {"OpenAI-Organization", "org-1"},
                        {"OpenAI-Project", "proj-1"},
                        {"X-Key", "sk-0123456789"}});
}

TEST_CASE_METHOD(Fixture, "questions and documents have prefixes of their own") {
  open({{"query_prefix", "query: "}, {"document_prefix", "passage: "}});
  CHECK(embedder->info().model == "m \"passage: \"");
  REQUIRE(embed({"x"}));
  REQUIRE(embed({"x"}, ports::Purpose::query));
  CHECK(server.inputs == std::vector<Strings>{{"passage: x"}, {"query: x"}});
}

TEST_CASE_METHOD(Fixture, "an answer is bounded by what was asked for", "[amplification]") {
  open();
  REQUIRE(embed({"one", "two"}));
  CHECK(server.requests[0].max_bytes == (64u << 10) + 2 * (512 + 3 * 40));
}

TEST_CASE_METHOD(Fixture, "base64 that is refused is not asked for again") {
  server.wrong = [](const Json& body, const Strings&) -> std::optional<ports::HttpResponse> {
    if (body["encoding_format"] != "base64") return std::nullopt;
    return problem(422, "unknown variant `base64`");
  };
  open();
  REQUIRE(embed({"one"}));
  CHECK(server.bodies.size() == 1);
  open({{"dimensions", 3}});  // nothing was asked before the first texts
  const auto made = embed({"one"});
  REQUIRE(made);
  CHECK(made->rejections.empty());
  CHECK(server.inputs == std::vector<Strings>{{"one"}, {"a"}, {"a"}, {"one"}});
  REQUIRE(embed({"two"}));
  CHECK(server.inputs.size() == 5);
  open({{"dimensions", 3}, {"batch", 1}});  // and several requests were on their way
  CHECK(embed({"one", "two", "three"})->rejections.empty());
  open({{"encoding_format", "float"}});
  REQUIRE(embed({"one"}));
  CHECK(server.bodies[0]["encoding_format"] == "float");
}

TEST_CASE_METHOD(Fixture, "texts are cut into requests by number, tokens and bytes", "[E03]") {
  open({{"batch", 2}, {"concurrency", 3}});
  REQUIRE(embed({"a", "b", "c", "d", "e"}));
  CHECK(server.inputs == std::vector<Strings>{{"e"}, {"c", "d"}, {"a", "b"}});
  CHECK(server.most_at_once == 3);
  open({{"batch_bytes", "20"}});
  REQUIRE(embed({"123456", "123456", "123456", std::string(100, 'x'), "1"}));
  CHECK(server.inputs.size() == 4);
  open({{"batch_tokens", 5}});
  REQUIRE(embed({"123456", "123456", "123456"}));
  CHECK(server.inputs.size() == 2);
}

TEST_CASE_METHOD(Fixture, "the one bad text is found and the others keep their vectors",
                 "[E03][E04]") {
  const int status = GENERATE(400, 413, 422, 500);
  server.wrong = [=](const Json&, const Strings& texts) -> std::optional<ports::HttpResponse> {
    if (!has(texts, "poison")) return std::nullopt;
    return problem(status, "Invalid 'input': maximum input length is 8192 tokens.");
  };
  open();
  const auto made = embed({"one", "two", "three", "poison", "five", "six"});
  REQUIRE(made);
  CHECK_FALSE(made->failure);
  REQUIRE(made->rejections.size() == 1);
  CHECK(made->rejections[0].index == 3);
  CHECK(made->rejections[0].error.message ==
        "HTTP status " + std::to_string(status) +
            ": Invalid 'input': maximum input length is 8192 tokens.");
  CHECK(made->vectors[3].empty());
  CHECK(made->vectors[5][1] == 3);
  std::size_t paid = 0;
  for (const Strings& texts : server.inputs)
    if (!has(texts, "poison") && texts != Strings{"a"}) paid += texts.size();
  CHECK(paid == 5);  // none of the others twice
}

TEST_CASE_METHOD(Fixture, "a request that is too large is halved until it fits", "[E03]") {
  server.wrong = [](const Json&, const Strings& texts) -> std::optional<ports::HttpResponse> {
    if (texts.size() <= 2) return std::nullopt;
    return problem(400, "Requested 943140 tokens, max 300000 tokens per request",
                   "max_tokens_per_request");
  };
  open();
  const auto made = embed({"a1", "a2", "a3", "a4", "a5", "a6", "a7"});
  REQUIRE(made);
  CHECK(made->rejections.empty());
  CHECK(made->tokens == 40);
}

TEST_CASE_METHOD(Fixture, "a server that refuses everything is not asked for each text") {
  open({{"dimensions", 3}});
  server.wrong = [](const Json&, const Strings&) {
    return problem(400, "This model does not support specifying dimensions.");
  };
  const auto made = embed(Strings(100, "x"));
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Code::invalid_argument);
  CHECK(mentions(made.error().message, "does not support specifying dimensions"));
  CHECK(server.requests.size() == 3);  // the texts, a word, and the word as floats
}

TEST_CASE_METHOD(Fixture, "a server that is down is not asked for each text", "[E04]") {
  open();
  server.wrong = [](const Json&, const Strings&) { return problem(503, "loading the model"); };
  const auto made = embed(Strings(100, "x"));
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Code::remote);
  CHECK(made.error().message == "HTTP status 503: loading the model");
  CHECK(server.requests.size() == 4);
}

TEST_CASE_METHOD(Fixture, "empty and ill-formed texts are not sent", "[E03]") {
  open({{"document_prefix", "d: "}});
  const auto made = embed({"one", "", "\xC3(", "two"});
  REQUIRE(made);
  CHECK(server.inputs == std::vector<Strings>{{"d: one", "d: two"}});
  REQUIRE(made->rejections.size() == 2);
  CHECK(made->rejections[0].error.message == "an empty text has no embedding");
  CHECK(made->rejections[1].error.message == "the text is not UTF-8");
  CHECK(embed({""})->rejections.size() == 1);
  CHECK(server.requests.size() == 1);
}

TEST_CASE_METHOD(Fixture, "what a key or a model lacks fails the opening") {
  const auto opening = [&](int status, const char* message) {
    server.wrong = [=](const Json&, const Strings&) { return problem(status, message); };
    const auto opened = try_open();
    REQUIRE_FALSE(opened);
    CHECK(mentions(opened.error().message, message));
    return opened.error().code;
  };
  CHECK(opening(401, "Incorrect API key provided") == Code::denied);
  CHECK(opening(403, "You are not allowed to sample from this model") == Code::denied);
  CHECK(opening(404, "The model `m` does not exist") == Code::not_found);
}

TEST_CASE_METHOD(Fixture, "a limit on the rate is waited for, a used-up quota is not", "[E04]") {
  open();
  int left = 1;
  server.wrong = [&](const Json&, const Strings&) -> std::optional<ports::HttpResponse> {
    if (left-- <= 0) return std::nullopt;
    return problem(429, "Rate limit reached", "rate_limit_exceeded");
  };
  REQUIRE(embed({"one"}));
  REQUIRE(server.requests.size() == 2);
  CHECK(server.requests[0].refusals);
  CHECK_FALSE(server.requests[1].refusals);

  server.requests.clear();
  server.wrong = [](const Json&, const Strings&) {
    return problem(429, "You exceeded your current quota", "insufficient_quota");
  };
  const auto made = embed({"one"});
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Code::denied);
  CHECK(made.error().message == "HTTP status 429: You exceeded your current quota");
  CHECK(server.requests.size() == 1);
}

TEST_CASE_METHOD(Fixture, "the headers of a rate limit say when to come again", "[E04]") {
  open();
  server.wrong = [](const Json&, const Strings&) {
    auto response = problem(429, "Rate limit reached", "rate_limit_exceeded");
    response.headers = {{"x-ratelimit-reset-tokens", "6m0s"}};
    return response;
  };
  const auto made = embed({"one"});
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Code::rate_limited);
  CHECK(made.error().retry_after_ms == 360'000);
  server.wrong = [](const Json&, const Strings&) {
    auto response = problem(429, "Rate limit reached", "rate_limit_exceeded");
    response.headers = {{"retry-after", "1"}, {"x-ratelimit-reset-tokens", "6m0s"}};
    return response;
  };
  CHECK(embed({"one"}).error().retry_after_ms == -1);  // this one is the host's to tell
}

TEST_CASE_METHOD(Fixture, "what was paid for before a failure is kept", "[E04]") {
  open({{"batch", 1}, {"concurrency", 4}});
  server.wrong = [](const Json&, const Strings& texts) -> std::optional<ports::HttpResponse> {
    if (!has(texts, "two")) return std::nullopt;
    return reply(200, {{"data", Json::array()}});
  };
  const auto made = embed({"one", "two", "three"});
  REQUIRE(made);
  REQUIRE(made->failure);
  CHECK(mentions(made->failure->message, "has 0 vectors for 1 texts"));
  CHECK(made->vectors[0][1] == 3);
  CHECK(made->vectors[1].empty());
  CHECK(made->vectors[2][1] == 5);
  CHECK(made->tokens == 20);
}

TEST_CASE_METHOD(Fixture, "another model behind the same name is noticed within a run", "[E05]") {
  open();
  REQUIRE(embed({"one"}));
  server.model = "m-v2";
  const auto made = embed({"one"});
  REQUIRE_FALSE(made);
  CHECK(made.error().message == "the server answers as the model \"m-v2\", and as \"m\" before");
}

TEST_CASE_METHOD(Fixture, "nothing is sent that the budget does not cover", "[E04]") {
  open({{"max_tokens_total", 25}});
  REQUIRE(embed({"one"}));  // ten each, as the server counts
  REQUIRE(embed({"one"}));
  const auto made = embed({std::string(30, 'x')});
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Code::limit);
  CHECK(made.error().subject == "max_tokens_total");
  CHECK(made.error().message ==
        "the budget of 25 tokens does not last: 20 are used, 0 on their way, and what comes next "
        "has about 8");
  CHECK(server.requests.size() == 2);
}

TEST_CASE_METHOD(Fixture, "a cancelled call sends nothing") {
  open();
  cancel.request();
  CHECK(embed({"one"}).error().code == Code::cancelled);
  CHECK(server.requests.empty());
}
