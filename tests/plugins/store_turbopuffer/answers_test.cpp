// What the store makes of a server's answers, which are a table here.
#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace {

using namespace freshet;
using base::Code;
using testing::Json;
using testing::mentions;

constexpr const char* server = "http://puffer.test";
constexpr const char* docs = "http://puffer.test/v2/namespaces/docs";
constexpr const char* schema =
    R"({"id":{"type":"uuid"},"vector":{"type":"[2]f32","ann":{"distance_metric":"cosine_distance"}},
        "text":{"type":"string","full_text_search":{"language":"english"}},
        "title":{"type":"string","full_text_search":true},
        "path":{"type":"string","full_text_search":true},"uri":{"type":"string"},
        "url":{"type":"string"},"metadata":{"type":"string"},"freshet":{"type":"bool"},
        "freshet_digest":{"type":"string"},"freshet_model":{"type":"string"},
        "freshet_terms":{"type":"[]string"}})";
constexpr const char* no_rows = R"({"rows":[]})";
constexpr const char* no_namespace = R"({"status":"error","error":"namespace was not found"})";

struct Fixture {
  Fixture() : world({testing::built_plugins()}) {
    ::setenv("FRESHET_TEST_PUFFER", "tpuf_hunter2", 1);
    tell_schema(Json::parse(schema));
    answer(std::string(docs) + "/query", no_rows);
  }
  void tell_schema(const Json& told) {
    answer(std::string(docs) + "/metadata", Json{{"schema", told}}.dump());
  }
  void answer(const std::string& url, std::string body, int status = 200) {
    ports::HttpResponse response;
    response.status = status;
    response.url = url;
    response.body = std::move(body);
    world.http.answers[url] = response;
  }
  base::Result<std::unique_ptr<ports::Store>> open(Json more = Json::object()) {
    Json all = {{"base_url", std::string(server) + "/"}, {"key", "env:FRESHET_TEST_PUFFER"}};
    all.update(more);
    FRESHET_ASSIGN(const Json options,
                   world.plugins.complete_options(host::Kind::store, "turbopuffer", all, "store"));
    return world.plugins.open_store("turbopuffer", options);
  }
  // The status of one row's upsert, and whether it was confirmed.
  base::Status put(bool& confirmed, Json options = Json::object()) {
    auto store = open(std::move(options));
    REQUIRE(store);
    const float vector[] = {1, 0};
    ports::StoreRecord row;
    row.id = "00000000000000000000000000000001";
    row.metadata = "{}";
    row.vector = vector;
    return (*store)->upsert("docs", {&row, 1}, [&](std::string_view) { confirmed = true; }, {});
  }
  base::Status ensure(std::uint32_t dimension = 2, Json options = Json::object()) {
    auto store = open(std::move(options));
    REQUIRE(store);
    return (*store)->ensure({"docs", dimension, "m"}, {});
  }
  Json last_body() { return Json::parse(world.http.requests.back().body); }

  testing::World world;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "what is no answer of turbopuffer confirms nothing", "[V04]") {
  for (const char* body :
       {"<html>welcome</html>", "", "{\"a\":", "[]", "{}", R"({"status":"accepted"})",
        R"({"status":"OK"})", R"({"status":"OK","rows_affected":0})"}) {
    INFO(body);
    answer(docs, body);
    bool confirmed = false;
    const auto status = put(confirmed);
    CHECK_FALSE(confirmed);
    if (!mentions(body, "OK")) CHECK(status.error().code == Code::remote);
  }
  answer(docs, R"({"status":"OK","rows_affected":1,
                   "upserted_ids":["00000000-0000-0000-0000-000000000001"]})");
  bool confirmed = false;
  CHECK(put(confirmed));
  CHECK(confirmed);
  CHECK(last_body()["create_namespace"] == false);
}

TEST_CASE_METHOD(Fixture, "a refusal has the status it means, and the server's words") {
  const std::pair<int, Code> cases[] = {{400, Code::invalid_argument},
                                        {401, Code::denied},
                                        {402, Code::denied},
                                        {403, Code::denied},
                                        {404, Code::not_found},
                                        {409, Code::busy},
                                        {413, Code::limit},
                                        {422, Code::limit},
                                        {418, Code::remote}};
  for (const auto& [status, code] : cases) {
    INFO(status);
    answer(docs, R"({"status":"error","error":"no room for that"})", status);
    bool confirmed = false;
    const auto put = this->put(confirmed);
    CHECK(put.error().code == code);
    CHECK(mentions(base::to_string(put.error()),
                   "HTTP status " + std::to_string(status) + ": no room for that"));
    CHECK_FALSE(confirmed);
  }
}

TEST_CASE_METHOD(Fixture, "what is no turbopuffer is told") {
  answer(std::string(docs) + "/metadata", "404 page not found", 404);
  CHECK(ensure().error().code == Code::version);
  CHECK(mentions(ensure().error().message, "version 2 of turbopuffer's HTTP API"));
  answer(std::string(docs) + "/metadata", "{}");
  CHECK(ensure().error().code == Code::remote);
}

TEST_CASE_METHOD(Fixture, "an index that is still being built is waited for") {
  answer(std::string(docs) + "/query", R"({"status":"building"})", 202);
  CHECK((*open())->count("docs", {}).error().code == Code::busy);
}

TEST_CASE_METHOD(Fixture, "a namespace that is not there is made, without a row") {
  answer(std::string(docs) + "/metadata", no_namespace, 404);
  answer(docs, R"({"status":"OK","rows_affected":0})");
  REQUIRE(ensure(3));
  const Json body = last_body();
  CHECK(body["create_namespace"] == true);
  CHECK(body["distance_metric"] == "cosine_distance");
  CHECK(body["schema"]["id"]["type"] == "uuid");
  CHECK(body["schema"]["vector"] == Json{{"type", "[3]f32"}, {"ann", true}});
  CHECK(body["schema"]["text"]["full_text_search"]["language"] == "english");
  CHECK(body["schema"]["text"]["filterable"] == false);
  CHECK(body["schema"]["metadata"]["filterable"] == false);
}

TEST_CASE_METHOD(Fixture, "one that is there is compared before anything is written", "[V07]") {
  CHECK(ensure());
  for (const auto& request : world.http.requests) CHECK((request.url != docs));
  CHECK(mentions(ensure(3).error().message, "has the dimension 2, not 3"));
  CHECK(mentions(ensure(2, {{"metric", "euclidean_squared"}}).error().message,
                 "has the metric cosine_distance, not euclidean_squared"));
  CHECK(mentions(ensure(20'000).error().message, "at most 10752"));
  answer(std::string(docs) + "/query",
         R"({"rows":[{"id":"00000000-0000-0000-0000-000000000001","freshet_model":"n"}]})");
  CHECK(mentions(ensure().error().message, R"(has the model "n", not "m")"));
  answer(std::string(docs) + "/query", no_rows);
  Json other = Json::parse(schema);
  other["id"]["type"] = "string";
  tell_schema(other);
  CHECK(mentions(ensure().error().message, "id is of the type string, not uuid"));
  tell_schema({{"id", {{"type", "uint"}}}});
  CHECK(mentions(ensure().error().message, "was not made by freshet"));
  CHECK(ensure().error().code == Code::invalid_argument);
}

TEST_CASE_METHOD(Fixture, "attributes that are new are added to the schema") {
  answer(docs, R"({"status":"OK","rows_affected":0})");
  REQUIRE(ensure(2, {{"attributes", {{"year", "int"}}}}));
  CHECK(last_body() == Json::parse(R"({"schema":{"year":{"type":"int","filterable":true}}})"));
}

TEST_CASE_METHOD(Fixture, "the key is sent, and the region is the server") {
  const auto header = [&] {
    for (const auto& each : world.http.requests.back().headers)
      if (each.name == "authorization") return each.value;
    return std::string();
  };
  CHECK(ensure());
  CHECK(header() == "Bearer tpuf_hunter2");
  CHECK(open({{"key", "env:FRESHET_TEST_NOT_SET"}}).error().code == Code::denied);
  CHECK(open({{"key", "tpuf_hunter2"}}).error().code == Code::invalid_argument);
  CHECK(open({{"region", "gcp-us-central1"}}).error().code == Code::invalid_argument);
  const auto options = world.plugins.complete_options(
      host::Kind::store, "turbopuffer",
      {{"region", "gcp-us-central1"}, {"key", "env:FRESHET_TEST_PUFFER"}}, "store");
  REQUIRE(options);
  const auto store = world.plugins.open_store("turbopuffer", *options);
  REQUIRE(store);
  CHECK_FALSE((*store)->count("docs", {}));
  CHECK(world.http.requests.back().url ==
        "https://gcp-us-central1.turbopuffer.com/v2/namespaces/docs/query");
}

TEST_CASE_METHOD(Fixture, "limits are those of the options") {
  const auto info = (*open())->info();
  CHECK(info.max_batch == 1000);
  CHECK(info.max_request_bytes == 32u << 20);
  CHECK(info.concurrent_writes == 4);
  CHECK(info.max_text_bytes == 8u << 20);
  CHECK(info.needs_vectors);
  const auto other =
      (*open({{"max_batch", 7}, {"max_request", "1MiB"}, {"concurrent_writes", 9}}))->info();
  CHECK((other.max_batch == 7 && other.max_request_bytes == 1u << 20));
  CHECK(other.concurrent_writes == 9);
}

TEST_CASE_METHOD(Fixture, "a namespace of somebody else is not removed") {
  tell_schema({{"id", {{"type", "uint"}}}});
  CHECK((*open())->reset("docs", {}));
  CHECK(world.http.requests.back().method == "GET");
}

TEST_CASE_METHOD(Fixture, "a namespace is removed as a whole only where all rows are freshet's") {
  const auto reset = [&](int all) {
    answer(
        std::string(docs) + "/query",
        Json{{"results", {{{"aggregations", {{"rows", all}}}}, {{"aggregations", {{"rows", 5}}}}}}}
            .dump());
    return (*open())->reset("docs", {});
  };
  answer("DELETE " + std::string(docs), R"({"status":"OK"})");
  answer("POST " + std::string(docs),
         R"({"status":"OK","rows_affected":5,"rows_remaining":false})");
  CHECK(reset(5));
  CHECK(world.http.requests.back().method == "DELETE");
  CHECK(reset(6));
  CHECK(last_body()["delete_by_filter"] == Json::parse(R"(["freshet","Eq",true])"));
  answer("DELETE " + std::string(docs), no_namespace, 404);
  CHECK(reset(5));
  answer("DELETE " + std::string(docs), no_namespace, 403);
  CHECK(reset(5).error().code == Code::denied);
}

TEST_CASE_METHOD(Fixture, "names come page by page, and only freshet's") {
  const std::string names = std::string(server) + "/v1/namespaces?page_size=1000&prefix=kb-";
  answer(names, R"({"namespaces":[{"id":"kb-a"},{"id":"kb-b"}],"next_cursor":"a+/="})");
  answer(names + "&cursor=a%2B%2F%3D", R"({"namespaces":[{"id":"kb-c"},{"id":"kb-gone"}]})");
  const auto metadata = [&](const std::string& name, const char* told, int status = 200) {
    answer(std::string(server) + "/v2/namespaces/" + name + "/metadata", told, status);
  };
  const std::string ours = Json{{"schema", Json::parse(schema)}}.dump();
  metadata("kb-a", ours.c_str());
  metadata("kb-b", R"({"schema":{"id":{"type":"uint"}}})");
  metadata("kb-c", ours.c_str());
  metadata("kb-gone", no_namespace, 404);
  const auto found = (*open({{"prefix", "kb-"}}))->namespaces({});
  REQUIRE(found);
  CHECK(*found == std::vector<std::string>{"a", "c"});
  metadata("kb-c", no_namespace, 403);
  CHECK((*open({{"prefix", "kb-"}}))->namespaces({}).error().code == Code::denied);
}

TEST_CASE_METHOD(Fixture, "freshet's rows alone are asked for where others are among the found") {
  answer(std::string(docs) + "/query",
         R"({"rows":[{"id":"00000000-0000-0000-0000-000000000001","$dist":0.5,"freshet":null}]})");
  ports::Search search;
  search.mode = ports::SearchMode::vector;
  const std::vector<float> vector = {1, 0};
  search.vector = vector;
  search.filter = R"(["eq","lang","en"])";
  const auto hits = (*open())->search("docs", search, {});
  REQUIRE(hits);
  CHECK(hits->empty());
  REQUIRE(world.http.requests.size() == 2);
  CHECK(Json::parse(world.http.requests[0].body)["filters"] ==
        Json::parse(R"(["freshet_terms","Contains","lang=\"en\""])"));
  CHECK(
      last_body()["filters"] ==
      Json::parse(R"(["And",[["freshet","Eq",true],["freshet_terms","Contains","lang=\"en\""]]])"));
}
