#include <cmath>
#include <random>

#include "tests/plugins/store_sqlite/support.hpp"

namespace base = freshet::base;
namespace ports = freshet::ports;
using base::Code;
using freshet::testing::cosine;
using freshet::testing::row;
using freshet::testing::Row;
using freshet::testing::StoreFixture;

namespace {

std::vector<float> random_vector(std::mt19937& random, std::size_t dimension) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(dimension);
  for (float& each : vector) each = normal(random);
  return vector;
}

}  // namespace

TEST_CASE_METHOD(StoreFixture, "rows with all terms stand above rows with some") {
  REQUIRE(put({row("1", "gather some of them and gather the others"),
               row("2", "how to gather exceptions of all of them"), row("3", "exceptions only"),
               row("4", "nothing of the kind")}));
  const auto found = *hits("gather exceptions");
  REQUIRE(found.size() == 3);
  CHECK(found[0].text.starts_with("how to"));
  for (std::size_t i = 1; i < found.size(); ++i) CHECK(found[i - 1].score >= found[i].score);
}

TEST_CASE_METHOD(StoreFixture, "words are found whatever their case, accents and endings") {
  REQUIRE(put({row("1", "Running coroutines concurrently"), row("2", "Café crème")}));
  CHECK(texts(hits("coroutine")) == "Running coroutines concurrently");
  CHECK(texts(hits("RUNS")) == "Running coroutines concurrently");
  CHECK(texts(hits("cafe CREME")) == "Café crème");
}

TEST_CASE_METHOD(StoreFixture, "names in code are found whole and by their parts") {
  REQUIRE(put({row("1", "call asyncio.gather(*aws) here"),
               row("2", "asyncio has queues; gather some thoughts"),
               row("3", "set max_batch_size to 5"), row("4", "the max of a batch has a size")}));
  CHECK((*hits("asyncio.gather"))[0].text.starts_with("call"));
  CHECK(hits("asyncio.gather()")->size() == 2);
  CHECK(texts(hits("max_batch_size")).starts_with("set max_batch_size to 5|"));
  CHECK((*hits("max batch size"))[0].text == "the max of a batch has a size");
}

TEST_CASE_METHOD(StoreFixture, "a name is found by each of its parts, whatever it is made of") {
  REQUIRE(put({row("1", "set max_connections"), row("2", "document.getElementById('x')"),
               row("3", "the HTTPServer class"), row("4", "see __init__ first")}));
  CHECK(texts(hits("max connections")) == "set max_connections");
  CHECK(texts(hits("get element by id")) == "document.getElementById('x')");
  CHECK(texts(hits("http server")) == "the HTTPServer class");
  CHECK(texts(hits("init")) == "see __init__ first");
  CHECK(texts(hits("maxConnections")) == "set max_connections");
}

TEST_CASE_METHOD(StoreFixture, "the entry of a name stands above the texts that mention it") {
  Row entry =
      row("1",
          "pond.open(path)\nReturn the pond at path, which has to be a directory that exists. "
          "Raises PondError where it is not.\n\nChanged in 1.2: takes a descriptor too.");
  REQUIRE(
      put({row("2", "use pond.open() and again pond.open(): pond.open() is quick"),
           row("3", "see pond.open there"), row("4", "x"), row("5", "y"), row("6", "z"), entry}));
  CHECK((*hits("pond.open"))[0].text.starts_with("pond.open(path)"));
  CHECK((*hits("how to use pond.open"))[0].text.starts_with("pond.open(path)"));
}

TEST_CASE_METHOD(StoreFixture, "languages are told by their signs") {
  REQUIRE(put({row("1", "written in C++ mostly"), row("2", "written in C# mostly"),
               row("3", "plain C"), row("4", "the .NET runtime"), row("5", "a net of ropes")}));
  CHECK((*hits("C++"))[0].text == "written in C++ mostly");
  CHECK((*hits("C#"))[0].text == "written in C# mostly");
  CHECK((*hits(".NET"))[0].text == "the .NET runtime");
  CHECK(hits("C")->size() == 3);
}

TEST_CASE_METHOD(StoreFixture,
                 "scripts without blanks between words are found by what is asked of them") {
  REQUIRE(put({row("1", "数据库连接池的大小可以配置"), row("2", "接続プールの設定"),
               row("3", "커넥션풀을 설정한다"), row("4", "การเชื่อมต่อฐานข้อมูล"),
               row("5", "无关的文字"), row("6", "设置")}));
  CHECK(texts(hits("连接池")) == "数据库连接池的大小可以配置");
  CHECK(texts(hits("プール")) == "接続プールの設定");
  CHECK(texts(hits("풀을")) == "커넥션풀을 설정한다");
  CHECK(texts(hits("ฐานข้อมูล")) == "การเชื่อมต่อฐานข้อมูล");
  CHECK(texts(hits("数")) == "数据库连接池的大小可以配置");
}

TEST_CASE_METHOD(StoreFixture, "a name in the middle of a script without blanks is a word") {
  REQUIRE(put({row("1", "请使用buoyctl来读取浮标。"), row("2", "请读取浮标"),
               row("3", "mooringはmax_lineを使う"), row("4", "แบบbuoyPort")}));
  CHECK(texts(hits("buoyctl")) == "请使用buoyctl来读取浮标。");
  CHECK(texts(hits("mooring")) == "mooringはmax_lineを使う");
  CHECK(texts(hits("max_line")) == "mooringはmax_lineを使う");
  CHECK(texts(hits("port")) == "แบบbuoyPort");
  CHECK(texts(hits("用buoyctl来")) == "请使用buoyctl来读取浮标。");
}

TEST_CASE_METHOD(StoreFixture, "words of Indian scripts are whole, with their vowel signs") {
  REQUIRE(put({row("1", "\u0939\u093F\u0928\u094D\u0926\u0940 \u092D\u093E\u0937\u093E"),
               row("2", "\u0939\u0928\u0926")}));
  CHECK(texts(hits("\u0939\u0928\u0926")) == "\u0939\u0928\u0926");
}

TEST_CASE_METHOD(StoreFixture,
                 "a phrase in quotes has to be there, a word with a star only begins") {
  REQUIRE(put({row("1", "the quick brown fox"), row("2", "brown is the quick fox"),
               row("3", "configuration of foxes")}));
  CHECK(texts(hits("\"quick brown\"")) == "the quick brown fox");
  CHECK(texts(hits("configuration \"quick brown\" dog")) == "the quick brown fox");
  CHECK(texts(hits("config*")) == "configuration of foxes");
  CHECK(texts(hits("config")) == "");
}

TEST_CASE_METHOD(StoreFixture, "of equal chunks that of the page with more about it comes first") {
  std::vector<Row> rows = {row("1", "ducks swim here"), row("2", "ducks swim there"),
                           row("3", "ducks swim everywhere"), row("4", "x"), row("5", "y")};
  rows[1].uri = rows[2].uri = "doc:/ducks";
  REQUIRE(put(rows));
  CHECK(texts(hits("ducks")) == "ducks swim there|ducks swim everywhere|ducks swim here");
}

TEST_CASE_METHOD(StoreFixture, "a title counts more than a text") {
  Row titled = row("1", "something else entirely");
  titled.title = "Event loop";
  REQUIRE(put({row("2", "the event loop, in passing"), titled, row("3", "x"), row("4", "y"),
               row("5", "z")}));
  CHECK((*hits("event loop"))[0].title == "Event loop");
}

TEST_CASE_METHOD(StoreFixture, "words of no weight do not decide, unless there are no others") {
  REQUIRE(put({row("1", "how do I do that and how is it to be"), row("2", "pickle a lambda"),
               row("3", "to be or not to be")}));
  CHECK(texts(hits("how do I pickle it")) == "pickle a lambda");
  CHECK(hits("to be")->size() == 2);
}

TEST_CASE_METHOD(StoreFixture, "nothing that is typed is syntax") {
  REQUIRE(put({row("1", "apple NEAR orange AND text OR NOT pear")}));
  for (const char* query :
       {"\"", "\"\"", "apple\"", "apple AND", "OR", "NOT apple", "NEAR(apple orange)", "apple*",
        "title:apple", "^apple", "(", ")", "a OR b) --", "{title path} : apple", "apple + orange",
        "-apple", "'; DROP TABLE rows_1; --", "%s%n", "\xE2\x80\x9C"}) {
    INFO(query);
    CHECK(hits(query));
  }
  CHECK(texts(hits("title:apple")) != "");
  CHECK(count() == 1);
}

TEST_CASE_METHOD(StoreFixture, "a query without words finds nothing") {
  REQUIRE(put({row("1", "text")}));
  for (const char* query : {"", "   ", "\t\n", "!!! ... ???", "\"\""}) CHECK(hits(query)->empty());
}

TEST_CASE_METHOD(StoreFixture, "a whole page may be asked about") {
  REQUIRE(put({row("1", "needle")}));
  std::string page = "needle ";
  for (int i = 0; i < 5000; ++i) page += "word" + std::to_string(i) + " ";
  CHECK(texts(hits(page)) == "needle");
}

TEST_CASE_METHOD(StoreFixture, "a search gives at most as many as were asked for") {
  std::vector<Row> rows;
  for (int i = 0; i < 50; ++i)
    rows.push_back(row(std::to_string(i), "common word " + std::to_string(i)));
  REQUIRE(put(rows));
  CHECK(hits("common", "", "ns", 7)->size() == 7);
  CHECK(hits("common", "", "ns", 1000)->size() == 50);
  CHECK(hits("common", "", "ns", 0)->empty());
}

TEST_CASE_METHOD(StoreFixture, "the nearest vectors are found, exactly and in order") {
  constexpr std::size_t dimension = 37;  // no multiple of the lanes
  REQUIRE(store->reset("ns", {}));
  REQUIRE(store->ensure({"ns", dimension, "m"}, {}));
  std::mt19937 random(7);
  std::vector<Row> rows;
  for (int i = 0; i < 300; ++i) {
    rows.push_back(row(std::to_string(i), std::to_string(i)));
    rows.back().vector = random_vector(random, dimension);
  }
  REQUIRE(put(rows));
  for (int round = 0; round < 5; ++round) {
    const auto query = random_vector(random, dimension);
    std::vector<std::pair<double, std::string>> expected;
    for (const Row& each : rows) expected.emplace_back(-cosine(each.vector, query), each.text);
    std::sort(expected.begin(), expected.end());
    const auto found = *near(query, 10);
    REQUIRE(found.size() == 10);
    for (std::size_t i = 0; i < 10; ++i) {
      CHECK(found[i].text == expected[i].second);
      CHECK(found[i].score == Approx(-expected[i].first).margin(1e-5));
    }
  }
}

TEST_CASE_METHOD(StoreFixture, "a vector of another dimension, or of none, is refused") {
  CHECK(near({1, 2}).error().code == Code::unsupported);  // the namespace has no vectors
  REQUIRE(store->reset("ns", {}));
  REQUIRE(store->ensure({"ns", 3, "m"}, {}));
  CHECK(near({1, 2}).error().message == "the vector has 2 dimensions, the namespace 3");
  CHECK(near({0, 0, 0}).error().code == Code::invalid_argument);
  CHECK(near({1, 0, std::nanf("")}).error().code == Code::invalid_argument);
}

TEST_CASE_METHOD(StoreFixture, "hybrid search puts first what both find") {
  REQUIRE(store->reset("ns", {}));
  REQUIRE(store->ensure({"ns", 2, "m"}, {}));
  Row words = row("1", "apple pie recipe");
  words.vector = {-1, 0};
  Row nearest = row("2", "unrelated");
  nearest.vector = {1, 0};
  Row both = row("3", "apple tart");
  both.vector = {1, 0.2f};
  REQUIRE(put({words, nearest, both}));
  const auto found = *near({1, 0}, 3, "apple");
  REQUIRE(found.size() == 3);
  CHECK(found[0].text == "apple tart");
  CHECK(near({1, 0}, 1, "apple")->size() == 1);
  // Nothing to go by in the text: the vectors alone decide.
  CHECK((*near({1, 0}, 3, "!!!"))[0].text == "unrelated");
}

TEST_CASE_METHOD(StoreFixture, "a search that should stop ends with cancelled") {
  std::vector<Row> rows;
  for (int i = 0; i < 500; ++i)
    rows.push_back(row(std::to_string(i), "common words in every row " + std::to_string(i)));
  for (int batch = 0; batch < 6; ++batch) {
    for (Row& each : rows) each.id = freshet::testing::id_of(each.id);
    REQUIRE(put(rows));
  }
  const base::Cancel cancel;
  cancel.request();
  ports::Search search;
  search.text = "common";
  CHECK(store->search("ns", search, cancel).error().code == Code::cancelled);
  search.text = "common";
  CHECK(store->search("ns", search, {}));
}
