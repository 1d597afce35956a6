#include <algorithm>

#include "tests/plugins/store_sqlite/support.hpp"

namespace base = freshet::base;
namespace ports = freshet::ports;
using base::Code;
using freshet::testing::id_of;
using freshet::testing::Row;
using freshet::testing::row;
using freshet::testing::StoreFixture;

TEST_CASE_METHOD(StoreFixture, "rows are kept, counted, fetched and confirmed") {
  Row full = row("a", "first text");
  full.metadata = R"({"lang":"en"})";
  REQUIRE(put({full, row("b", "second text")}));
  CHECK(confirmed == std::vector<std::string>{id_of("a"), id_of("b")});
  CHECK(count() == 2);
  const std::vector<std::string> wanted = {id_of("b"), id_of("none"), id_of("a"), id_of("a")};
  auto rows = *store->get("ns", wanted, {});
  REQUIRE(rows.size() == 2);
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.text < b.text; });
  CHECK(rows[0].id == id_of("a"));
  CHECK(rows[0].text == "first text");
  CHECK(rows[0].uri == "doc:/a");
  CHECK(rows[0].title == "Title");
  CHECK(rows[0].url == "doc:/a#x");
  CHECK(rows[0].path == "Path");
  CHECK(rows[0].metadata == R"({"lang":"en"})");
}

TEST_CASE_METHOD(StoreFixture, "writing a row again replaces it, and its words") {
  REQUIRE(put({row("a", "apple orange")}));
  REQUIRE(put({row("a", "cherry")}));
  CHECK(count() == 1);
  CHECK(texts(hits("apple")).empty());
  CHECK(texts(hits("cherry")) == "cherry");
  REQUIRE(put({row("a", "cherry")}));  // the very same
  CHECK(texts(hits("cherry")) == "cherry");
  Row other = row("a", "cherry");
  other.digest = "d2";
  other.title = "Pear";
  REQUIRE(put({other}));
  CHECK(texts(hits("pear")) == "cherry");
  CHECK(texts(hits("title")).empty());
  CHECK((*store->list("ns", 10)->next({}))[0].digest == "d2");
}

TEST_CASE_METHOD(StoreFixture, "a batch that has a row twice keeps the last") {
  REQUIRE(put({row("a", "one"), row("b", "two"), row("a", "three")}));
  CHECK(count() == 2);
  CHECK(texts(hits("one")).empty());
  CHECK(texts(hits("three")) == "three");
}

TEST_CASE_METHOD(
    StoreFixture,
    "removed rows are gone from rows, words and vectors; absent ones are confirmed, too") {
  REQUIRE(store->reset("ns", {}));
  REQUIRE(store->ensure({"ns", 2, "m"}, {}));
  Row a = row("a", "apple");
  a.vector = {1, 0};
  Row b = row("b", "banana");
  b.vector = {0, 1};
  REQUIRE(put({a, b}));
  REQUIRE(remove({id_of("a"), id_of("never was")}));
  CHECK(confirmed == std::vector<std::string>{id_of("a"), id_of("never was")});
  CHECK(count() == 1);
  CHECK(texts(hits("apple")).empty());
  CHECK(texts(near({1, 0})) == "banana");
  REQUIRE(remove({id_of("a")}));
  CHECK(count() == 1);
}

TEST_CASE_METHOD(StoreFixture, "ids are listed in their order, page by page") {
  std::vector<Row> rows;
  std::vector<std::string> ids;
  for (int i = 0; i < 250; ++i) {
    rows.push_back(row(std::to_string(i), "x"));
    ids.push_back(rows.back().id);
  }
  REQUIRE(put(rows));
  std::sort(ids.begin(), ids.end());
  std::vector<std::string> listed;
  for (const std::uint32_t rows_a_page : {1u, 50u, 100u, 250u, 251u}) {
    listed.clear();
    const auto listing = store->list("ns", rows_a_page);
    for (auto page = *listing->next({}); !page.empty(); page = *listing->next({}))
      for (const auto& each : page) listed.push_back(each.id);
    CHECK(listed == ids);
  }
}

TEST_CASE_METHOD(StoreFixture, "the namespaces of the file are listed") {
  CHECK(*store->namespaces({}) == std::vector<std::string>{"ns"});
  REQUIRE(store->ensure({"a", 0, ""}, {}));
  CHECK(*store->namespaces({}) == std::vector<std::string>{"a", "ns"});
  REQUIRE(store->reset("ns", {}));
  CHECK(*store->namespaces({}) == std::vector<std::string>{"a"});
}

TEST_CASE_METHOD(StoreFixture, "namespaces do not see each other") {
  REQUIRE(store->ensure({"other", 0, ""}, {}));
  REQUIRE(put({row("a", "mine")}));
  REQUIRE(put({row("a", "theirs"), row("b", "theirs as well")}, "other"));
  CHECK(count() == 1);
  CHECK(count("other") == 2);
  CHECK(texts(hits("mine")) == "mine");
  CHECK(texts(hits("theirs")).empty());
  REQUIRE(store->reset("other", {}));
  CHECK(count() == 1);
  CHECK(store->count("other", {}).error().code == Code::not_found);
  REQUIRE(store->ensure({"other", 0, ""}, {}));
  CHECK(count("other") == 0);
}

TEST_CASE_METHOD(StoreFixture,
                 "a namespace that is not there is not_found; resetting it is no failure") {
  CHECK(put({row("a", "x")}, "none").error().code == Code::not_found);
  CHECK(confirmed.empty());
  CHECK(remove({id_of("a")}, "none").error().code == Code::not_found);
  CHECK(hits("x", "", "none").error().code == Code::not_found);
  CHECK(hits("x", "", "none").error().subject == "none");
  CHECK(store->reset("none", {}));
}

TEST_CASE_METHOD(StoreFixture, "a namespace is made with one dimension and one model", "[V07]") {
  REQUIRE(store->ensure({"v", 3, "model-a"}, {}));
  CHECK(store->ensure({"v", 3, "model-a"}, {}));
  for (const ports::StoreNamespace& other :
       {ports::StoreNamespace{"v", 4, "model-a"}, {"v", 3, "model-b"}, {"v", 0, ""}}) {
    const auto status = store->ensure(other, {});
    CHECK(status.error().code == Code::invalid_argument);
    CHECK(status.error().subject == "v");
    CHECK(status.error().message.find(
              "was made with 3 dimensions of the model \"model-a\", not with") == 0);
  }
  CHECK(store->ensure({"ns", 3, "m"}, {}).error().message.find("was made with no vectors") == 0);
}

TEST_CASE_METHOD(StoreFixture, "a batch with one wrong row is stored not at all") {
  REQUIRE(store->ensure({"v", 2, "m"}, {}));
  Row good = row("a", "good");
  good.vector = {1, 1};
  Row bad = row("b", "bad");
  for (const std::vector<float>& wrong : {std::vector<float>{1, 1, 1}, {0, 0}}) {
    bad.vector = wrong;
    const auto status = put({good, bad}, "v");
    CHECK(status.error().code == Code::invalid_argument);
    CHECK(status.error().subject == id_of("b"));
    CHECK(confirmed.empty());
    CHECK(count("v") == 0);
  }
  bad = row("b", "bad");
  bad.id = "not an id";
  CHECK(put({good, bad}, "v").error().code == Code::invalid_argument);
  CHECK(count("v") == 0);
}

TEST_CASE_METHOD(StoreFixture, "rows without vectors live beside rows with them") {
  REQUIRE(store->ensure({"v", 2, "m"}, {}));
  Row with = row("a", "with");
  with.vector = {3, 4};
  REQUIRE(put({with, row("b", "without")}, "v"));
  CHECK(count("v") == 2);
  with.vector.clear();
  REQUIRE(put({with}, "v"));  // the whole row is replaced
  ports::Search search;
  search.mode = ports::SearchMode::vector;
  const std::vector<float> query = {1, 0};
  search.vector = query;
  CHECK(store->search("v", search, {})->empty());
}

TEST_CASE_METHOD(StoreFixture, "texts come back as they went in") {
  const std::vector<std::string> samples = {"",
                                            "'; DROP TABLE rows_1; --",
                                            "\" OR 1=1 --",
                                            "naïve café 東京 🦀 İstanbul",
                                            "tab\tnew\nline\r\n",
                                            "%_*?[]{}()^$\\|",
                                            std::string(200'000, 'x')};
  std::vector<Row> rows;
  for (const std::string& text : samples) {
    Row each = row("id " + text, text);
    each.title = text.substr(0, 1000);
    each.path = text.substr(0, 1000);
    each.uri = "doc:/" + text.substr(0, 1000);
    rows.push_back(each);
  }
  REQUIRE(put(rows));
  for (const Row& each : rows) {
    const std::vector<std::string> wanted = {each.id};
    const auto got = *store->get("ns", wanted, {});
    REQUIRE(got.size() == 1);
    CHECK(got[0].text == each.text);
    CHECK(got[0].title == each.title);
    CHECK(got[0].uri == each.uri);
  }
  std::vector<std::string> ids;
  for (const Row& each : rows) ids.push_back(each.id);
  REQUIRE(remove(ids));
  CHECK(count() == 0);
}

TEST_CASE_METHOD(StoreFixture, "names of namespaces may be anything") {
  const std::vector<std::string> names = {"a b", "x'; DROP TABLE namespaces; --", "東京",
                                          std::string(3000, 'n')};
  for (const std::string& name : names) {
    REQUIRE(store->ensure({name, 0, ""}, {}));
    REQUIRE(put({row("a", "text")}, name));
    CHECK(count(name) == 1);
  }
  CHECK(store->ensure({"", 0, ""}, {}).error().code == Code::invalid_argument);
}

TEST_CASE_METHOD(StoreFixture, "everything is there after a restart") {
  REQUIRE(put({row("a", "kept")}));
  open();
  CHECK(count() == 1);
  CHECK(texts(hits("kept")) == "kept");
}

TEST_CASE_METHOD(StoreFixture, "a removed text is not left in the file") {
  REQUIRE(put({row("a", "unmistakablesecretword and more")}));
  REQUIRE(remove({id_of("a")}));
  store.reset();  // closes the file, and so ends its log
  std::ifstream file(path(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  CHECK(bytes.find("unmistakablesecretword and more") == std::string::npos);
}
