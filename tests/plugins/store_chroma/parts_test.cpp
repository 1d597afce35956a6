// The plugin's parts, without a server.
#include <freshet/sdk/call.hpp>
#include "store_chroma/filter.hpp"
#include "store_chroma/names.hpp"
#include "store_chroma/rank.hpp"
#include "store_chroma/rows.hpp"
#include "tests/support/catch.hpp"

namespace sdk = freshet::sdk;
using store_chroma::collection_name;
using store_chroma::Json;
using store_chroma::namespace_name;

TEST_CASE("a legal name stays, any other can be read back") {
  const std::pair<std::string, std::string> names[] = {
      {"default", "default"},
      {"a.b_c-d9", "a.b_c-d9"},
      {"kb", "freshet.ns.kb"},
      {"docs~3", "freshet.ns.docs_7e3"},
      {"_docs", "freshet.ns._5fdocs"},
      {"docs.", "freshet.ns.docs_2e"},
      {"a..b", "freshet.ns.a_2e_2eb"},
      {"1.2.3.4", "freshet.ns.1_2e2_2e3_2e4"},
      {"freshet.ns.docs", "freshet.ns.freshet_2ens_2edocs"},
      {"知識", "freshet.ns._e7_9f_a5_e8_ad_98"},
  };
  for (const auto& [ns, collection] : names) {
    INFO(ns);
    CHECK(collection_name(ns) == collection);
    CHECK(namespace_name(collection) == ns);
  }
  CHECK(collection_name(std::string(512, 'a')).size() == 512);
  CHECK_THROWS_AS(collection_name(std::string(513, 'a')), sdk::Failure);
  CHECK_THROWS_AS(collection_name(std::string(168, '~')), sdk::Failure);
  CHECK_THROWS_AS(collection_name(""), sdk::Failure);
  for (const char* foreign : {"freshet.ns.", "freshet.ns.default", "freshet.ns.a_2",
                              "freshet.ns.a_7E", "freshet.ns.a_61"}) {
    INFO(foreign);
    CHECK_FALSE(namespace_name(foreign));
  }
}

namespace {

Json where(const char* filter) { return store_chroma::where_of(sdk::Filter::parse(filter)); }

sdk::Record record(std::string_view metadata) {
  sdk::Record made;
  made.id = "01";
  made.digest = "d";
  made.text = "text";
  made.uri = "doc:/a";
  made.title = "7";
  made.url = "doc:/a#x";
  made.path = "A > B";
  made.metadata = metadata;
  return made;
}

}  // namespace

TEST_CASE("a filter is a where clause, and its denials are at its tests") {
  const std::pair<const char*, const char*> cases[] = {
      {R"(["eq","lang","en"])", R"({"lang":{"$in":["en"]}})"},
      {R"(["ne","draft",true])", R"({"draft":{"$nin":[true]}})"},
      {R"(["eq","n","10"])", R"({"$or":[{"n":{"$in":["10"]}},{"n":{"$in":[10.0]}}]})"},
      {R"(["eq","n",10])", R"({"$or":[{"n":{"$in":[10.0]}},{"freshet_number.n":{"$in":[10.0]}}]})"},
      {R"(["nin","n",[10,"x"]])",
       R"({"$and":[{"n":{"$nin":["x"]}},{"n":{"$nin":[10.0]}},{"freshet_number.n":{"$nin":[10.0]}}]})"},
      {R"(["in","n",[]])", R"({"$or":[]})"},
      {R"(["not",["and",["eq","a","x"],["not",["eq","b","y"]]]])",
       R"({"$or":[{"a":{"$nin":["x"]}},{"b":{"$in":["y"]}}]})"},
      {R"(["not",["or",["eq","a","x"],["ne","b","y"]]])",
       R"({"$and":[{"a":{"$nin":["x"]}},{"b":{"$in":["y"]}}]})"},
      {R"(["and"])", R"({"$and":[]})"},
  };
  for (const auto& [filter, clause] : cases) {
    INFO(filter);
    CHECK(where(filter) == Json::parse(clause));
  }
  CHECK_THROWS_AS(where(R"(["gt","a",1])"), sdk::Failure);
}

TEST_CASE("metadata holds what Chroma can keep, and all of it as it was written") {
  const std::string given =
      R"({"lang":"en","n":"1e1","big":9007199254740993,"tags":["x","y"],"mixed":["x",1],"none":[],"deep":{"a":1},"nil":null,"uri":"other"})";
  const Json metadata = store_chroma::metadata_of(record(given));
  CHECK(metadata == Json::parse(R"({"freshet":true,"freshet_digest":"d","uri":"doc:/a","title":"7",
      "url":"doc:/a#x","path":"A > B","freshet_number.title":7.0,"lang":"en","n":"1e1",
      "freshet_number.n":10.0,"big":9007199254740992.0,"tags":["x","y"]})")
                        .patch(Json::array(
                            {{{"op", "add"}, {"path", "/freshet_metadata"}, {"value", given}}})));
  CHECK(metadata["big"].is_number_float());
  CHECK_FALSE(store_chroma::metadata_of(record("{}")).contains("freshet_metadata"));

  const auto found = store_chroma::found_in("01", "text", metadata);
  REQUIRE(found);
  CHECK(found->metadata == given);
  CHECK((found->uri == "doc:/a" && found->title == "7" && found->digest == "d"));
  CHECK_FALSE(store_chroma::found_in("01", "text", Json::parse(R"({"freshet_digest":"d"})")));
  CHECK_FALSE(store_chroma::found_in("01", "text", nullptr));
}

TEST_CASE("a key that has a meaning of its own is refused, and named") {
  for (const char* key : {"", "$a", "#document", "chroma:document", "freshet", "freshet_digest",
                          "freshet_metadata", "freshet_number.n"}) {
    INFO(key);
    try {
      store_chroma::metadata_of(record(Json{{key, 1}}.dump()));
      FAIL("it was taken");
    } catch (const sdk::Failure& failure) {
      CHECK(failure.status == FRESHET_E_INVALID_ARGUMENT);
      CHECK(failure.subject == key);
    }
  }
}

TEST_CASE("a key that a row has no more goes by a null") {
  sdk::Record one = record(R"({"lang":"en"})");
  const float vector[] = {1.0f, -2.5f};
  one.vector = vector;
  const Json body = Json::parse(store_chroma::upsert_body(
      {&one, 1}, true, {{"01", {"freshet", "lang", "gone"}}, {"02", {"other"}}}));
  CHECK(body["metadatas"][0].at("gone").is_null());
  CHECK_FALSE(body["metadatas"][0].contains("other"));
  CHECK(body["metadatas"][0]["lang"] == "en");
  CHECK(body["embeddings"] == Json::array({"AACAPwAAIMA="}));
  CHECK(Json::parse(store_chroma::upsert_body({&one, 1}, false, {}))["embeddings"] ==
        Json::parse("[[1.0,-2.5]]"));
}

TEST_CASE("the words of a query") {
  using Terms = std::vector<std::string>;
  CHECK(store_chroma::terms_of("How do I use Decorators?", 16) == Terms{"decorator"});
  CHECK(store_chroma::terms_of("the of", 16) == Terms{"the", "of"});
  CHECK(store_chroma::terms_of("asyncio.gather, caching cached caches", 16) ==
        Terms{"asyncio", "gather", "cach"});
  CHECK(store_chroma::terms_of("snake_case été $( .*", 16) == Terms{"snake_cas", "été"});
  CHECK(store_chroma::terms_of(" ?!", 16).empty());
  CHECK(store_chroma::terms_of("red green blue", 2) == Terms{"red", "green"});
}

TEST_CASE("texts with all words stand above those with some, and rare words weigh more") {
  const store_chroma::Ranked rows[] = {{"one common", "", ""},
                                       {"rare thing", "", ""},
                                       {"common rare", "", ""},
                                       {"nothing", "", ""},
                                       {"common common", "", "Common"}};
  const auto scores = store_chroma::scores_of(rows, {"common", "rar"}, 100);
  CHECK(scores[2] >= 1);
  CHECK(scores[1] > scores[0]);
  CHECK(scores[4] > scores[0]);
  CHECK(scores[4] < 1);
  CHECK(scores[3] == 0);
  const store_chroma::Ranked words[] = {
      {"decorators", "", ""}, {"decoration", "", ""}, {"cargo", "", ""}};
  for (const double score : store_chroma::scores_of({words, 2}, {"decorat"}, 3)) CHECK(score >= 1);
  CHECK(store_chroma::scores_of({words + 2, 1}, {"car"}, 3) == std::vector<double>{0});
}
