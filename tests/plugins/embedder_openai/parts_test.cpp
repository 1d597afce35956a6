// The parts of the plugin, as plain functions.
#include "embedder_openai/answer.hpp"
#include "embedder_openai/budget.hpp"
#include "tests/support/catch.hpp"

namespace embedder_openai {
namespace {

using Floats = std::vector<float>;

sdk::Response response_of(std::string body, int status = 200) {
  sdk::Response response;
  response.status = status;
  response.url = "http://h/v1/embeddings";
  response.body = std::move(body);
  return response;
}

// Why an answer for two texts, of two dimensions, is refused.
std::string refused(const std::string& data, const std::string& more = "") {
  try {
    read_answer(response_of(R"({"data":)" + data + more + "}"), 2, 2);
  } catch (const sdk::Failure& failure) {
    CHECK(failure.status == FRESHET_E_REMOTE);
    CHECK(failure.subject == "http://h/v1/embeddings");
    return failure.message.substr(std::string_view("the server's answer ").size());
  }
  return "taken";
}

std::string pair_of(const std::string& vector, const std::string& index = "1") {
  return R"([{"index":0,"embedding":[1,2]},{"index":)" + index + R"(,"embedding":)" + vector + "}]";
}

Json minimal(const Json& more = Json::object()) {
  Json options = {{"base_url", "https://api.openai.com/v1"},
                  {"model", "m"},
                  {"headers", Json::object()},
                  {"encoding_format", "base64"},
                  {"query_prefix", ""},
                  {"document_prefix", ""},
                  {"batch", 1},
                  {"batch_tokens", 1},
                  {"batch_bytes", "1KiB"},
                  {"concurrency", 1},
                  {"timeout", "2m"}};
  options.update(more);
  return options;
}

}  // namespace

TEST_CASE("vectors go to the texts that their indexes name", "[E02]") {
  const Answer answer = read_answer(
      response_of(
          R"({"data":[{"index":1,"embedding":"AACAPwAAAMA="},{"index":0,"embedding":[3,4.5]}],)"
          R"("model":"served","usage":{"prompt_tokens":7,"total_tokens":9}})"),
      2, 0);
  CHECK(answer.vectors == std::vector<Floats>{{3.0f, 4.5f}, {1.0f, -2.0f}});
  CHECK(answer.model == "served");
  CHECK(answer.tokens == 9);
}

TEST_CASE("a vector that is wrong spoils the whole answer", "[E01]") {
  CHECK(refused(pair_of("[1,2]")) == "taken");
  CHECK(refused(pair_of("[1]")) == "has a vector of 1 dimensions, not 2");
  CHECK(refused(pair_of("[1,2,3]")) == "has a vector of 3 dimensions, not 2");
  CHECK(refused(pair_of("[]")) == "has a vector of 0 dimensions, not 2");
  CHECK(refused(pair_of("[0,-0.0]")) == "has a vector that is all zero");
  CHECK(refused(pair_of("[1e39,2]")) == "has a vector that is not finite");
  CHECK(refused(pair_of("\"AADAfwAAgD8=\"")) == "has a vector that is not finite");
  CHECK(refused(pair_of("[1,\"2\"]")) == "has a vector with something else than numbers");
  CHECK(refused(pair_of("[1,null]")) == "has a vector with something else than numbers");
  CHECK(refused(pair_of("\"AACAPw=\"")) == "has a vector that is not base64 of floats");
  CHECK(refused(pair_of("null")) == "has something else in place of a vector");
  for (const char* no_json : {"[NaN,1]", "[1e400,2]", "[1,2"})
    CHECK(refused(pair_of(no_json)) == "has no list of vectors");
}

TEST_CASE("each text has exactly one vector", "[E02]") {
  CHECK(refused(pair_of("[1,2]", "0")) == "has the vector 0 twice");
  CHECK(refused(pair_of("[1,2]", "2")) == "has a vector 2 of 2");
  CHECK(refused(pair_of("[1,2]", "-1")) == "has a vector without an index");
  CHECK(refused(pair_of("[1,2]", "\"1\"")) == "has a vector without an index");
  CHECK(refused(R"([{"index":0,"embedding":[1,2]}])") == "has 1 vectors for 2 texts");
  CHECK(refused("[]") == "has 0 vectors for 2 texts");
  CHECK(refused("{}") == "has no list of vectors");
  CHECK(refused("[1,2]") == "has something else in place of a vector");
}

TEST_CASE("an amount of tokens that nobody can have used is nonsense") {
  const auto used = [](const char* total) {
    return refused(pair_of("[1,2]"), std::string(R"(,"usage":{"total_tokens":)") + total + "}");
  };
  CHECK(used("5") == "taken");
  CHECK(used("-1") == "says that it used -1 tokens");
  CHECK(used("18446744073709551615") == "says that it used 18446744073709551615 tokens");
  CHECK(used("\"5\"") == "says that it used \"5\" tokens");
  CHECK(refused(pair_of("[1,2]"), R"(,"usage":null)") == "taken");
}

TEST_CASE("a problem is told in the server's words, whatever its form") {
  const auto problem = [](const char* body) { return read_problem(response_of(body, 400)); };
  CHECK(problem(R"({"error":{"message":"too long","type":"t","param":null,"code":"c"}})").kind ==
        "c");
  CHECK(problem(R"({"error":{"message":"too long","type":"t","code":null}})").kind == "t");
  for (const char* form :
       {R"({"error":{"message":"too long","type":"t","param":null,"code":null}})",
        R"({"error":"too long"})", R"({"object":"error","message":"too long","code":400})",
        R"({"error":"too long","error_type":"Validation"})", R"({"detail":"too long"})"})
    CHECK(problem(form).message == "HTTP status 400: too long");
  for (const char* nothing : {"", "<html>", "[]", "{}", R"({"error":7})"})
    CHECK(problem(nothing).message == "HTTP status 400");
}

TEST_CASE("a refusal has the status of what is to be done about it") {
  const auto status = [](int code) { return refusal_of(response_of("", code)).status; };
  for (const int code : {401, 402, 403, 407}) CHECK(status(code) == FRESHET_E_DENIED);
  CHECK(status(404) == FRESHET_E_NOT_FOUND);
  CHECK(status(400) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(status(413) == FRESHET_E_LIMIT);
  CHECK(status(500) == FRESHET_E_REMOTE);
}

TEST_CASE("the later of two resets is when to come again") {
  const auto reset = [](const char* requests, const char* tokens) {
    sdk::Response response = response_of("");
    response.headers = {{"x-ratelimit-reset-requests", requests},
                        {"x-ratelimit-reset-tokens", tokens}};
    return reset_of(response);
  };
  CHECK(reset("1s", "6m0s") == 360'000);
  CHECK(reset("7.66s", "20ms") == 7'660);
  CHECK(reset("1h0m1s", "") == 3'601'000);
  for (const char* nothing : {"", "soon", "5", "-5s", "1e300s", "nans", "s"})
    CHECK(reset(nothing, nothing) == -1);
  CHECK(reset_of(response_of("")) == -1);
}

TEST_CASE("a budget counts what is on its way", "[E04]") {
  Budget budget(100);
  budget.reserve(60);
  CHECK_THROWS_AS(budget.reserve(41), sdk::Failure);
  budget.settle(60, 30);
  budget.reserve(70);
  budget.settle(70, 170);  // more than was guessed
  CHECK_THROWS_AS(budget.reserve(1), sdk::Failure);
  Budget endless(0);
  endless.reserve(std::uint64_t{1} << 50);
}

TEST_CASE("the URL, the model's name and what is known of OpenAI's own models") {
  const auto read = [](const Json& more) { return read_options(minimal(more)); };
  CHECK(read(Json::object()).url == "https://api.openai.com/v1/embeddings");
  CHECK(read({{"base_url", "http://h/v1/"}}).url == "http://h/v1/embeddings");
  CHECK(read({{"base_url", "http://h/v1?a=b"}}).url == "http://h/v1/embeddings?a=b");
  CHECK(name_of_space(read({{"model", "m"}})) == "m");
  CHECK(name_of_space(read({{"model", "m"}, {"dimensions", 256}, {"query_prefix", "q"}})) ==
        "m@256");
  CHECK(name_of_space(read({{"model", "m"}, {"document_prefix", "d: "}})) == "m \"d: \"");
  CHECK(read({{"model", "text-embedding-3-small"}}).tokenizer == "cl100k_base");
  CHECK(read({{"model", "text-embedding-3-small"}}).max_text_tokens == 8192);
  CHECK(read({{"model", "m"}}).tokenizer.empty());
  CHECK(read({{"model", "m"}, {"max_text_tokens", 512}}).max_text_tokens == 512);
}

TEST_CASE("two ways to be authorised are one too many") {
  const Json both = {{"key", "env:KEY"},
                     {"headers", {{"authorization", "Bearer secret:env:OTHER"}}}};
  CHECK_THROWS_AS(read_options(minimal(both)), sdk::Failure);
}

}  // namespace embedder_openai
