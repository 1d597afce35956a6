// What the store makes of a server's answers, which are a table here.
#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace {

using namespace freshet;
using base::Code;
using testing::Json;
using testing::mentions;

constexpr const char* server = "http://chroma.test/api/v2";
constexpr const char* collections =
    "http://chroma.test/api/v2/tenants/default_tenant/databases/default_database/collections";

struct Fixture {
  Fixture() : world({testing::built_plugins()}) {
    answer(std::string(server) + "/pre-flight-checks",
           R"({"max_batch_size":200,"supports_base64_encoding":true})");
    answer(std::string(collections) + "/docs", collection("u1").dump());
  }
  static Json collection(const std::string& id) {
    return {{"id", id},
            {"name", "docs"},
            {"dimension", nullptr},
            {"metadata", {{"freshet_model", "m"}, {"freshet_dimension", 2}}},
            {"configuration_json", {{"hnsw", {{"space", "cosine"}}}, {"spann", nullptr}}}};
  }
  void answer(const std::string& url, std::string body, int status = 200) {
    ports::HttpResponse response;
    response.status = status;
    response.url = url;
    response.body = std::move(body);
    world.http.answers[url] = response;
  }
  void records(const std::string& verb, std::string body, int status = 200) {
    answer(std::string(collections) + "/u1/" + verb, std::move(body), status);
  }
  base::Result<std::unique_ptr<ports::Store>> open(Json more = Json::object(),
                                                   const char* url = "http://chroma.test/") {
    more["url"] = url;
    FRESHET_ASSIGN(const Json options,
                   world.plugins.complete_options(host::Kind::store, "chroma", more, "store",
                                                  {{"repository", "/nowhere"}}));
    return world.plugins.open_store("chroma", options);
  }
  // The status of one row's upsert, and whether it was confirmed.
  base::Status put(bool& confirmed) {
    auto store = open();
    REQUIRE(store);
    const float vector[] = {1, 0};
    ports::StoreRecord row;
    row.id = "00000000000000000000000000000001";
    row.metadata = "{}";
    row.vector = vector;
    return (*store)->upsert("docs", {&row, 1}, [&](std::string_view) { confirmed = true; }, {});
  }

  testing::World world;
};

constexpr const char* nobody = R"({"ids":[],"metadatas":[]})";

}  // namespace

TEST_CASE_METHOD(Fixture, "what is no answer of Chroma confirms nothing") {
  records("get", nobody);
  for (const char* body : {"<html>welcome</html>", "", "{\"a\":"}) {
    INFO(body);
    records("upsert", body);
    bool confirmed = false;
    CHECK(put(confirmed).error().code == Code::remote);
    CHECK_FALSE(confirmed);
  }
  records("upsert", "{}");
  bool confirmed = false;
  CHECK(put(confirmed));
  CHECK(confirmed);
}

TEST_CASE_METHOD(Fixture, "a refusal has the status it means, and the server's words") {
  const std::pair<int, Code> cases[] = {{400, Code::invalid_argument},
                                        {401, Code::denied},
                                        {403, Code::denied},
                                        {409, Code::busy},
                                        {413, Code::limit},
                                        {422, Code::limit},
                                        {410, Code::version},
                                        {418, Code::remote}};
  records("get", nobody);
  for (const auto& [status, code] : cases) {
    INFO(status);
    records("upsert", R"({"error":"SomeError","message":"no room for that"})", status);
    bool confirmed = false;
    const auto put = this->put(confirmed);
    CHECK(put.error().code == code);
    CHECK(mentions(base::to_string(put.error()), "no room for that"));
    CHECK_FALSE(confirmed);
  }
}

TEST_CASE_METHOD(Fixture, "what is no Chroma is told when the store is opened") {
  answer(std::string(server) + "/pre-flight-checks", "", 404);
  const auto store = open();
  CHECK(store.error().code == Code::version);
  CHECK(mentions(store.error().message, "version 2 of Chroma's HTTP API"));
}

TEST_CASE_METHOD(Fixture, "what the server says bounds a batch, and the Cloud's limits are known") {
  CHECK((*open())->info().max_batch == 200);
  CHECK((*open({{"max_batch", 7}}))->info().max_batch == 7);
  CHECK((*open())->info().max_text_bytes == 0);
  for (const char* url : {"https://api.trychroma.com", "https://api.trychroma.com.evil.test"}) {
    answer(std::string(url) + "/api/v2/pre-flight-checks", R"({"max_batch_size":1000})");
    const bool is_cloud = std::string(url).ends_with("chroma.com");
    const auto info = (*open({{"max_batch", 1000}}, url))->info();
    CHECK(info.max_batch == (is_cloud ? 300 : 1000));
    CHECK(info.max_text_bytes == (is_cloud ? 16'384 : 0));
  }
  CHECK((*open())->info().needs_vectors);
}

TEST_CASE_METHOD(Fixture, "what the Cloud takes of a row is known before it is sent", "[V06]") {
  answer("https://api.trychroma.com/api/v2/pre-flight-checks", R"({"max_batch_size":1000})");
  const auto store = open(Json::object(), "https://api.trychroma.com");
  REQUIRE(store);
  const auto refusal = [&](const Json& metadata) {
    const std::vector<float> vector{1, 0};
    const std::string text = metadata.dump();
    ports::StoreRecord record{std::string(32, '0'), "x", "text", "u", "t", "u", "", text, vector};
    const auto put = (*store)->upsert("docs", {&record, 1}, [](std::string_view) {}, {});
    REQUIRE_FALSE(put);
    return base::to_string(put.error());
  };
  CHECK(mentions(refusal({{std::string(37, 'k'), 1}}), "with bytes: 37, at most 36"));
  CHECK(mentions(refusal({{"k", std::string(4097, 'v')}}), "at most 4096 in Chroma Cloud"));
  Json many;
  for (int i = 0; i < 30; ++i) many["k" + std::to_string(i)] = i;
  CHECK(mentions(refusal(many), "at most 32 in Chroma Cloud"));
  const auto wide = (*store)->ensure({"docs", 4097, "m"}, {});
  CHECK(wide.error().code == Code::limit);
}

TEST_CASE_METHOD(Fixture, "a collection of another kind is refused before anything is written") {
  auto store = open();
  REQUIRE(store);
  const auto ensure = [&](const Json& found) {
    answer(collections, found.dump());
    return (*store)->ensure({"docs", 2, "m"}, {});
  };
  CHECK(ensure(collection("u1")));
  Json other = collection("u1");
  other["configuration_json"]["hnsw"]["space"] = "l2";
  CHECK(mentions(ensure(other).error().message, "has the metric l2, not cosine"));
  other = collection("u1");
  other["dimension"] = 3;
  CHECK(mentions(ensure(other).error().message, "has the dimension 3, not 2"));
  other = collection("u1");
  other["metadata"]["freshet_dimension"] = 4;
  CHECK(mentions(ensure(other).error().message, "has the dimension 4, not 2"));
  other = collection("u1");
  other["metadata"]["freshet_model"] = "n";
  CHECK(ensure(other).error().code == Code::invalid_argument);
  CHECK(mentions(ensure(other).error().message, R"(has the model "n", not "m")"));
}

TEST_CASE_METHOD(Fixture, "a collection that was made again is found by its new id") {
  auto store = open();
  REQUIRE(store);
  records("get", nobody);
  CHECK((*store)->list("docs", 10)->next({}));
  records("get", R"({"error":"NotFoundError","message":"Collection [u1] does not exist."})", 404);
  CHECK((*store)->list("docs", 10)->next({}).error().code == Code::not_found);
  answer(std::string(collections) + "/docs", collection("u2").dump());
  answer(std::string(collections) + "/u2/get", nobody);
  CHECK((*store)->list("docs", 10)->next({}));
}

TEST_CASE_METHOD(Fixture, "a collection that is not freshet's is no namespace") {
  Json foreign = collection("u1");
  foreign["metadata"] = nullptr;
  answer(std::string(collections) + "/docs", foreign.dump());
  auto store = open();
  REQUIRE(store);
  CHECK((*store)->count("docs", {}).error().code == Code::not_found);
  CHECK((*store)->reset("docs", {}));  // and nothing was sent to remove it
  CHECK(world.http.requests.back().method == "GET");
}

TEST_CASE_METHOD(Fixture, "a collection that is gone before it is removed is removed") {
  auto store = open();
  REQUIRE(store);
  records("count", "0");
  records("get", nobody);
  const auto removal = [&](int status) {
    answer("DELETE " + std::string(collections) + "/docs",
           R"({"error":"SomeError","message":"Collection [docs] does not exist"})", status);
    return (*store)->reset("docs", {});
  };
  CHECK(removal(404));
  CHECK(removal(403).error().code == Code::denied);
}

TEST_CASE_METHOD(Fixture, "a row that went away while a listing was under way ends it") {
  auto store = open();
  REQUIRE(store);
  records("get", R"({"ids":["a"],"metadatas":[{"freshet_digest":"d"}]})");
  const auto listing = (*store)->list("docs", 1);
  REQUIRE(listing->next({}));
  records("get", R"({"ids":["c"],"metadatas":[{"freshet_digest":"d"}]})");
  CHECK(listing->next({}).error().code == Code::busy);
}

TEST_CASE_METHOD(Fixture, "the token goes in the header that was named") {
  ::setenv("FRESHET_TEST_CHROMA", "hunter2", 1);
  const auto header_of = [&](const Json& options, const std::string& name) {
    REQUIRE(open(options));
    for (const auto& header : world.http.requests.back().headers)
      if (header.name == name) return header.value;
    return std::string();
  };
  const Json token = {{"token", "env:FRESHET_TEST_CHROMA"}};
  CHECK(header_of(token, "x-chroma-token") == "hunter2");
  Json bearer = token;
  bearer["token_header"] = "authorization";
  CHECK(header_of(bearer, "authorization") == "Bearer hunter2");
  CHECK(open({{"token", "hunter2"}}).error().code == Code::invalid_argument);
  CHECK(open({{"tenant", "../other"}}).error().code == Code::invalid_argument);
}
