// The store on the real server that FRESHET_CHROMA_URL names; tests/e2e/test_chroma.py starts one.
#include "tests/support/store_on_server.hpp"

namespace {

using namespace freshet;
using testing::Row;

struct Server : testing::OnServer {
  Server() : OnServer("chroma", "FRESHET_CHROMA_URL", "url") {
    options["path"] = "/nowhere";  // of a server that is started, which is none
  }
};

struct Namespace : Server, testing::NamespaceOnServer {
  explicit Namespace(const char* metric = "cosine")
      : NamespaceOnServer(static_cast<Server&>(*this), {{"metric", metric}}) {}
};

}  // namespace

TEST_CASE_METHOD(Server, "the cases of plugins check", "[.server]") {
  for (const char* metric : {"cosine", "l2"})
    check_contract({{"metric", metric}},
                   {"heeds_claims", "replaces_namespaces", "finds_no_damage"});
}

TEST_CASE_METHOD(Namespace, "the rows that pass a filter are found, whoever tests it",
                 "[.server]") {
  CHECK(check_filters() > 20);
}

TEST_CASE_METHOD(Namespace, "a row that is written again keeps nothing of what it was",
                 "[.server]") {
  Row one = row_of("a", "before", {1, 0});
  for (const char* metadata : {R"({"a":"x","b":["x","y"],"c":1,"d":{"e":1}})",
                               R"({"a":["x"],"b":"y","c":"1"})", R"({"a":true})", "{}"}) {
    one.metadata = metadata;
    one.text = std::string("now ") + metadata;
    one.title = metadata;
    REQUIRE(put({one}));
    const std::vector<std::string> ids = {one.id};
    const auto rows = store->get("cases", ids, {});
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    CHECK(rows->front().metadata == metadata);
    CHECK(rows->front().text == one.text);
  }
  CHECK(found(ports::SearchMode::vector, "", R"(["ne","a",true])") == "now {}");
  CHECK(found(ports::SearchMode::vector, "", R"(["eq","a",true])").empty());
  CHECK(found(ports::SearchMode::vector, "", R"(["nin","b",["x","y"]])") == "now {}");
}

TEST_CASE_METHOD(Namespace, "words are found whatever their case and end, and ranked",
                 "[.server]") {
  REQUIRE(put({row_of("a", "Decorators wrap functions; a decorator is a function", {1, 0}),
               row_of("b", "Functions, and nothing but functions", {0, 1}),
               row_of("c", "snake_case .* ( [ é", {1, 1})}));
  using enum ports::SearchMode;
  CHECK(
      found(text, "how to decorate a function") ==
      "Decorators wrap functions; a decorator is a function|Functions, and nothing but functions");
  CHECK(found(text, "é") == "snake_case .* ( [ é");
  CHECK(found(text, "snake_case").starts_with("snake_case"));
  CHECK(found(text, "absent").empty());
  CHECK(found(text, ".* ( [").empty());
  CHECK(found(vector, "") ==
        "Decorators wrap functions; a decorator is a function|snake_case .* ( [ é|"
        "Functions, and nothing but functions");
  direction = {0, 1};
  CHECK(found(hybrid, "functions").starts_with("Functions, and nothing"));
}

TEST_CASE("a score is the cosine, whatever the metric", "[.server]") {
  for (const char* metric : {"cosine", "l2", "ip"}) {
    INFO(metric);
    Namespace(metric).check_scores();
  }
}

TEST_CASE_METHOD(Namespace, "a listing of many rows has each once", "[.server]") {
  check_listing();
}
