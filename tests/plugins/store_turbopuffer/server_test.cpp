// The store on the server that FRESHET_TURBOPUFFER_URL names; tests/e2e/test_turbopuffer.py starts one.
#include "tests/support/store_on_server.hpp"

namespace {

using namespace freshet;
using testing::Json;
using testing::Row;

struct Server : testing::OnServer {
  Server() : OnServer("turbopuffer", "FRESHET_TURBOPUFFER_URL", "base_url") {
    options["key"] = "env:FRESHET_TEST_KEY";
  }
};

struct Namespace : Server, testing::NamespaceOnServer {
  explicit Namespace(const char* metric = "cosine_distance")
      : NamespaceOnServer(static_cast<Server&>(*this), {{"metric", metric}}) {}
};

}  // namespace

TEST_CASE_METHOD(Server, "the cases of plugins check", "[.server]") {
  for (const char* metric : {"cosine_distance", "euclidean_squared"})
    check_contract({{"metric", metric}}, {"heeds_claims", "replaces_namespaces"});
}

TEST_CASE_METHOD(Namespace, "the rows that pass a filter are found, whoever tests it",
                 "[.server]") {
  CHECK(check_filters() > 25);
}

TEST_CASE_METHOD(Namespace, "long values are equal to themselves alone", "[.server]") {
  const std::string text(9000, 'x');
  const auto with = [](const std::string& value) { return Json{{"k", value}}.dump(); };
  Row one = row_of("a", "one", {1, 0}), two = row_of("b", "two", {1, 0}),
      many = row_of("c", "many", {1, 0});
  one.metadata = with(text);
  two.metadata = with(text + "y");
  many.metadata = Json{{"k", {text + "y", "z" + text}}}.dump();
  REQUIRE(put({one, two, many}));
  const auto hits = [&](const char* op, const Json& value) {
    return found(ports::SearchMode::vector, "", Json::array({op, "k", value}).dump());
  };
  CHECK(hits("eq", text) == "one");
  CHECK(hits("eq", text + "y") == "two");
  CHECK(hits("eq", "z" + text).empty());
  CHECK(hits("has", "z" + text) == "many");
  CHECK(hits("ne", text) == "many|two");
  CHECK(hits("in", {"no", text, text + "y"}) == "two|one");
}

TEST_CASE_METHOD(Namespace, "a row that is written again keeps nothing of what it was",
                 "[.server]") {
  Row one = row_of("a", "before", {1, 0});
  for (const char* metadata : {R"({"a":"x","b":["x","y"]})", R"({"a":["x"],"b":"y"})", "{}"}) {
    one.metadata = metadata;
    one.text = std::string("now ") + metadata;
    REQUIRE(put({one}));
    const std::vector<std::string> ids = {one.id};
    const auto rows = store->get("cases", ids, {});
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    CHECK(rows->front().metadata == metadata);
    CHECK(rows->front().text == one.text);
  }
  CHECK(found(ports::SearchMode::vector, "", R"(["ne","a","x"])") == "now {}");
  CHECK(found(ports::SearchMode::vector, "", R"(["eq","a","x"])").empty());
  CHECK(found(ports::SearchMode::vector, "", R"(["has","b","x"])").empty());
}

TEST_CASE_METHOD(Namespace, "words are found whatever their case and end, and ranked",
                 "[.server]") {
  REQUIRE(put({row_of("a", "Decorators wrap functions; a decorator is a function", {1, 0}),
               row_of("b", "Functions, and nothing but functions", {0, 1}),
               row_of("c", "Crème brûlée .* ( [", {1, 1})}));
  using enum ports::SearchMode;
  CHECK(found(text, "how to decorate") == "Decorators wrap functions; a decorator is a function");
  CHECK(found(text, "creme") == "Crème brûlée .* ( [");
  CHECK(found(text, "absent").empty());
  CHECK(found(text, ".* ( [").empty());
  CHECK(found(hybrid, ".* ( [") ==
        "Decorators wrap functions; a decorator is a function|Crème brûlée .* ( [|"
        "Functions, and nothing but functions");
  direction = {0, 1};
  CHECK(found(hybrid, "functions").starts_with("Functions, and nothing"));
}

TEST_CASE("a score is the cosine, whatever the metric", "[.server]") {
  for (const char* metric : {"cosine_distance", "euclidean_squared"}) {
    INFO(metric);
    Namespace(metric).check_scores();
  }
}

TEST_CASE_METHOD(Namespace, "a listing of many rows has each once", "[.server]") {
  check_listing();
}
