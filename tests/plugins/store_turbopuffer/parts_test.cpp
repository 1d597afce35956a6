// The plugin's parts, without a server.
#include "store_turbopuffer/rows.hpp"
#include "store_turbopuffer/schema.hpp"
#include "store_turbopuffer/terms.hpp"
#include "tests/support/catch.hpp"

namespace sdk = freshet::sdk;
using store_turbopuffer::Json;
using store_turbopuffer::Options;

namespace {

constexpr const char* id = "0123456789abcdef0123456789abcdef";
constexpr const char* uuid = "01234567-89ab-cdef-0123-456789abcdef";

Json filters(const char* filter) {
  return store_turbopuffer::filters_of(sdk::Filter::parse(filter));
}

sdk::Record record(std::string_view metadata, std::string_view title = "T") {
  sdk::Record made;
  made.id = id;
  made.digest = "d";
  made.text = "text \"1\"";
  made.uri = "doc:/a";
  made.title = title;
  made.url = "doc:/a#x";
  made.path = "A > B";
  made.metadata = metadata;
  return made;
}

std::vector<std::string> terms(std::string_view metadata) {
  std::vector<std::string> all = store_turbopuffer::terms_of(record(metadata));
  for (const char* own :
       {R"(path="A > B")", R"(title="T")", R"(uri="doc:/a")", R"(url="doc:/a#x")"})
    CHECK(std::erase(all, own) == 1);
  return all;
}

template <typename Act>
sdk::Failure failure_of(Act&& act) {
  try {
    act();
  } catch (const sdk::Failure& failure) {
    return failure;
  }
  return {FRESHET_E_INTERNAL, "it was taken"};
}

}  // namespace

TEST_CASE("an id is a uuid, and back") {
  CHECK(store_turbopuffer::uuid_of(id) == uuid);
  CHECK(store_turbopuffer::id_of(uuid) == id);
  for (const char* wrong :
       {"", "0123", "0123456789ABCDEF0123456789abcdef", "0123456789abcdef0123456789abcdeg",
        "0123456789abcdef0123456789abcdef0"}) {
    INFO(wrong);
    CHECK(failure_of([&] { store_turbopuffer::uuid_of(wrong); }).status ==
          FRESHET_E_INVALID_ARGUMENT);
    if (std::string(wrong).find('A') == std::string::npos)
      CHECK(failure_of([&] { store_turbopuffer::id_of(wrong); }).status == FRESHET_E_REMOTE);
  }
  CHECK(store_turbopuffer::id_of("01234567-89AB-CDEF-0123-456789ABCDEF") == id);
  CHECK(failure_of([] { store_turbopuffer::id_of(7); }).status == FRESHET_E_REMOTE);
}

TEST_CASE("each value of a row is a term that names its key") {
  using Terms = std::vector<std::string>;
  CHECK(terms("{}").empty());
  CHECK(
      terms(
          R"({"lang":"en","draft":true,"year":2024,"half":0.5,"zero":-0.0,"big":9007199254740993})") ==
      Terms{"big=9007199254740992", "draft=true", "half=0.5", R"(lang="en")", "year=2024",
            "zero=0"});
  CHECK(terms(R"({"size":"1e1","tags":["x",7,"8",true,null,["y"]],"deep":{"a":1},"nil":null})") ==
        Terms{R"(size="1e1")", "size=(10)", R"(tags=["8"])", R"(tags=["x"])", "tags=[(8)]",
              "tags=[7]", "tags=[true]"});
  CHECK(terms(R"({"a=b":"c","a":"b=\"c\"","":"e"})") ==
        Terms{R"(="e")", R"(a="b=\"c\"")", R"(a=b="c")"});
  // What every row has comes before metadata of the same name.
  CHECK(terms(R"({"uri":"other","title":["x"]})").empty());
}

TEST_CASE("a term that is too long is parts that name it") {
  const std::string text = std::string(1990, 'x') + "é" + std::string(3000, 'y');
  const auto all = terms(Json{{"key", text}}.dump());
  REQUIRE(all.size() == 3);
  std::string whole;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string name = '#' + std::to_string(i) + "/3:";
    CHECK(all[i].starts_with(name));
    CHECK(all[i].size() < store_turbopuffer::most_indexed / 2);
    whole += all[i].substr(all[i].find(':', name.size()) + 1);
    CHECK_NOTHROW(Json(all[i]).dump());  // cut between characters
  }
  CHECK(whole == "key=" + Json(text).dump());
  CHECK(terms(R"({"#0/1:x":"y"})")[0].starts_with("#0/1:"));
  CHECK(terms(R"({"#0/1:x":"y"})")[0].ends_with(R"(:#0/1:x="y")"));
}

TEST_CASE("a filter asks for terms") {
  const std::pair<const char*, const char*> cases[] = {
      {R"(["eq","lang","en"])", R"(["freshet_terms","Contains","lang=\"en\""])"},
      {R"(["ne","draft",true])", R"(["Not",["freshet_terms","Contains","draft=true"]])"},
      {R"(["eq","n","10"])", R"(["freshet_terms","ContainsAny",["n=\"10\"","n=10"]])"},
      {R"(["eq","n",10.0])", R"f(["freshet_terms","ContainsAny",["n=10","n=(10)"]])f"},
      {R"(["has","n",10])", R"f(["freshet_terms","ContainsAny",["n=[10]","n=[(10)]"]])f"},
      {R"(["nin","n",["x",true]])",
       R"(["Not",["freshet_terms","ContainsAny",["n=\"x\"","n=true"]]])"},
      {R"(["in","n",[]])", R"(["freshet","Eq",false])"},
      {R"(["nin","n",[]])", R"(["Not",["freshet","Eq",false]])"},
      {R"(["and"])", R"(["freshet","Eq",true])"},
      {R"(["or"])", R"(["freshet","Eq",false])"},
      {R"(["and",["eq","a","x"]])", R"(["freshet_terms","Contains","a=\"x\""])"},
      {R"(["not",["or",["eq","a","x"],["ne","b","y"]]])",
       R"(["Not",["Or",[["freshet_terms","Contains","a=\"x\""],["Not",["freshet_terms","Contains","b=\"y\""]]]]])"},
  };
  for (const auto& [filter, asked] : cases) {
    INFO(filter);
    CHECK(filters(filter) == Json::parse(asked));
  }
  CHECK(failure_of([] { filters(R"(["gt","a",1])"); }).status == FRESHET_E_INVALID_ARGUMENT);
  const Json asked =
      filters(Json::array({"in", "k", {std::string(5000, 'x'), "y"}}).dump().c_str());
  CHECK(asked[0] == "Or");
  CHECK(asked[1][0][0] == "And");
  CHECK(asked[1][0][1].size() == 3);
  CHECK(asked[1][1] == Json::parse(R"(["freshet_terms","Contains","k=\"y\""])"));
}

TEST_CASE("an upsert has a column for each attribute") {
  Options options;
  options.metric = "cosine_distance";
  options.attributes = {{"year", "int"}, {"tags", "[]string"}};
  sdk::Record one = record(R"({"year":2024,"tags":["x"]})"), two = record(R"({"year":"MM"})");
  const float vector[] = {1.0f, -2.5f};
  one.vector = two.vector = vector;
  std::map<std::string, std::size_t> misfits;
  const sdk::Record both[] = {one, two};
  Json body = Json::parse(store_turbopuffer::upsert_body(options, "m", both, misfits));
  CHECK(misfits == std::map<std::string, std::size_t>{{"year", 1}});
  Json columns = body["upsert_columns"];
  body.erase("upsert_columns");
  CHECK(body == Json::parse(R"({"distance_metric":"cosine_distance","create_namespace":false,
                                "return_affected_ids":true})"));
  CHECK(columns["freshet_terms"][1] == store_turbopuffer::terms_of(two));
  columns.erase("freshet_terms");
  CHECK(columns == Json::parse(R"({"id":["01234567-89ab-cdef-0123-456789abcdef",
      "01234567-89ab-cdef-0123-456789abcdef"],"vector":["AACAPwAAIMA=","AACAPwAAIMA="],
      "freshet":[true,true],"freshet_digest":["d","d"],"freshet_model":["m","m"],
      "text":["text \"1\"","text \"1\""],"title":["T","T"],"path":["A > B","A > B"],
      "uri":["doc:/a","doc:/a"],"url":["doc:/a#x","doc:/a#x"],
      "metadata":["{\"year\":2024,\"tags\":[\"x\"]}","{\"year\":\"MM\"}"],
      "year":[2024,null],"tags":[["x"],null]})"));
  options.disable_backpressure = true;
  CHECK(Json::parse(store_turbopuffer::upsert_body(options, "m", both, misfits))
            .at("disable_backpressure") == true);
}

TEST_CASE("values have the type of their attribute, or none") {
  const std::string big(store_turbopuffer::most_indexed + 1, 'x');
  const std::tuple<const char*, Json, bool> cases[] = {{"string", "x", true},
                                                       {"string", 1, false},
                                                       {"string", big, false},
                                                       {"int", -1, true},
                                                       {"int", 1.5, false},
                                                       {"int", 18446744073709551615u, false},
                                                       {"uint", 1, true},
                                                       {"uint", -1, false},
                                                       {"float", 1, true},
                                                       {"float", "1", false},
                                                       {"bool", false, true},
                                                       {"bool", 0, false},
                                                       {"[]string", {"x", "y"}, true},
                                                       {"[]string", {"x", 1}, false},
                                                       {"[]string", "x", false},
                                                       {"[]string", Json::array(), true}};
  for (const auto& [type, value, taken] : cases) {
    INFO(type << ' ' << value.dump().substr(0, 40));
    Options options;
    options.attributes = {{"k", type}};
    const std::string metadata = Json{{"k", value}}.dump();
    const sdk::Record one = record(metadata);
    std::map<std::string, std::size_t> misfits;
    const Json body = Json::parse(store_turbopuffer::upsert_body(options, "m", {&one, 1}, misfits));
    CHECK(body["upsert_columns"]["k"][0] == (taken ? value : Json()));
    CHECK(misfits.empty() == taken);
  }
}

TEST_CASE("a row that turbopuffer cannot keep is refused, and named") {
  const std::string long_title(store_turbopuffer::most_value + 1, 't');
  const sdk::Record one = record("{}", long_title);
  std::map<std::string, std::size_t> misfits;
  const auto failure = failure_of([&] {
    store_turbopuffer::upsert_body({}, "m", {&one, 1}, misfits);
  });
  CHECK(failure.status == FRESHET_E_LIMIT);
  CHECK(failure.subject == id);
  CHECK(failure.message == "has a title of 8388609 bytes, and turbopuffer keeps at most 8388608");
}

TEST_CASE("a row is confirmed where the answer names it, or counts all", "[V05]") {
  sdk::Record one = record("{}"), two = record("{}");
  two.id = "fedcba9876543210fedcba9876543210";
  const sdk::Record both[] = {one, two};
  const std::pair<const char*, std::size_t> answers[] = {
      {R"({"upserted_ids":["01234567-89ab-cdef-0123-456789abcdef","fedcba98-7654-3210-fedc-ba9876543210"]})",
       2},
      {R"({"rows_upserted":2,"upserted_ids":["01234567-89ab-cdef-0123-456789abcdef"]})", 1},
      {R"({"upserted_ids":["00000000-0000-0000-0000-000000000000"]})", 0},
      {R"({"rows_upserted":2,"rows_affected":2})", 2},
      {R"({"rows_affected":2})", 2},
      {R"({"rows_upserted":1,"rows_affected":1})", 0},
      {R"({"rows_affected":"2"})", 0},
      {"{}", 0}};
  for (const auto& [answer, count] : answers) {
    INFO(answer);
    CHECK(store_turbopuffer::written_ids(Json::parse(answer), both).size() == count);
  }
}

TEST_CASE("what is told of a row is the row, where freshet wrote it") {
  const auto found = store_turbopuffer::found_in(Json::parse(
      R"({"id":"01234567-89ab-cdef-0123-456789abcdef","freshet":true,"freshet_digest":"d","text":"t",
          "title":"T","path":null,"uri":"u","url":"l"})"));
  REQUIRE(found);
  CHECK((found->id == id && found->digest == "d" && found->title == "T" && found->path.empty()));
  CHECK(found->metadata == "{}");
  CHECK_FALSE(store_turbopuffer::found_in(Json::parse(R"({"id":7,"text":"theirs"})")));
  CHECK_FALSE(store_turbopuffer::found_in(Json::parse(R"({"id":7,"freshet":null})")));
}

TEST_CASE("a schema is compared by what searching needs of it") {
  Options options;
  options.metric = "cosine_distance";
  options.language = "english";
  const Json wanted = store_turbopuffer::schema_of(options, 3);
  Json metadata = {{"schema", wanted}};
  CHECK(store_turbopuffer::is_freshets(metadata));
  CHECK(store_turbopuffer::dimension_of(metadata) == 3);
  CHECK_FALSE(store_turbopuffer::metric_of(metadata));
  metadata["schema"]["vector"]["ann"] = {{"distance_metric", "euclidean_squared"}};
  metadata["schema"]["text"]["full_text_search"] = true;
  metadata["schema"]["uri"] = "string";
  metadata["schema"]["theirs"] = "int";
  CHECK(store_turbopuffer::metric_of(metadata) == "euclidean_squared");
  CHECK(store_turbopuffer::compare(metadata, wanted).wrong.empty());
  CHECK(store_turbopuffer::compare(metadata, wanted).missing.empty());
  metadata["schema"]["id"]["type"] = "string";
  metadata["schema"]["title"]["full_text_search"] = nullptr;
  metadata["schema"].erase("path");
  const auto difference = store_turbopuffer::compare(metadata, wanted);
  CHECK(difference.missing.contains("path"));
  CHECK(difference.wrong ==
        std::vector<std::string>{"the attribute id is of the type string, not uuid",
                                 "the attribute title cannot be searched for words"});
  CHECK_FALSE(store_turbopuffer::is_freshets(Json::parse(R"({"schema":{"id":{"type":"uint"}}})")));
  CHECK(store_turbopuffer::dimension_of(Json::parse(R"({"schema":{}})")) == 0);
  CHECK_THROWS_AS(store_turbopuffer::is_freshets(Json::object()), sdk::Failure);
}
