#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
namespace ports = freshet::ports;
using base::Code;
using freshet::testing::fixture;
using freshet::testing::Json;
using freshet::testing::World;

namespace {

std::string id(int n) { return std::string(30, '0') + (n < 10 ? "0" : "") + std::to_string(n); }

struct StoreFixture : World {
  StoreFixture() : World({fixture("faulty")}) {}

  ports::Store& open(const std::string& name) {
    auto opened = plugins.open_store(name, Json::object());
    REQUIRE(opened);
    store = *std::move(opened);
    static_cast<void>(store->reset("ns", {}));
    REQUIRE(store->ensure({"ns", 0, ""}, {}));
    return *store;
  }
  base::Status upsert(int count, std::span<const float> vector = {}) {
    std::vector<ports::StoreRecord> records;
    for (int i = 0; i < count; ++i) {
      ports::StoreRecord record;
      record.vector = vector;
      record.id = id(i);
      record.digest = "d";
      record.text = "some text";
      records.push_back(record);
    }
    confirmed.clear();
    return store->upsert("ns", records,
                         [&](std::string_view each) { confirmed.emplace_back(each); }, {});
  }
  std::unique_ptr<ports::Store> store;
  std::vector<std::string> confirmed;
};

}  // namespace

TEST_CASE_METHOD(StoreFixture, "a store keeps rows and confirms each") {
  open("good");
  CHECK(store->info().max_batch == 100);
  CHECK(store->info().text_search);
  CHECK_FALSE(store->info().vector_search);
  REQUIRE(upsert(3));
  CHECK(confirmed == std::vector<std::string>{id(0), id(1), id(2)});
  CHECK(*store->count("ns", {}) == 3);
  const std::vector<std::string> wanted = {id(1), id(7)};
  const auto rows = *store->get("ns", wanted, {});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].text == "some text");
  CHECK(rows[0].metadata == "{}");
  const auto listing = store->list("ns", 2);
  const auto page = *listing->next({});
  REQUIRE(page.size() == 2);
  CHECK(page[1].id == id(1));
  CHECK(page[1].digest == "d");
  CHECK(listing->next({})->size() == 1);
  CHECK(listing->next({})->empty());
  ports::Search search;
  search.text = "some";
  search.limit = 2;
  CHECK(store->search("ns", search, {})->size() == 2);
}

TEST_CASE_METHOD(StoreFixture, "only ids of the request are confirmed, each once", "[V05]") {
  open("confirms_foreign");
  REQUIRE(upsert(2));
  CHECK(confirmed == std::vector<std::string>{id(0), id(1)});
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].message == "confirmed 2 ids that are not of the request");
}

TEST_CASE_METHOD(StoreFixture, "what is not confirmed is not made up", "[V05]") {
  open("not_confirming");
  REQUIRE(upsert(2));
  CHECK(confirmed.empty());
}

TEST_CASE_METHOD(StoreFixture,
                 "a store that lists in any order is followed from cursor to cursor") {
  open("any_order");
  CHECK_FALSE(store->info().ordered);
  REQUIRE(upsert(5));
  std::vector<std::string> ids;
  const auto listing = store->list("ns", 2);
  for (auto page = *listing->next({}); !page.empty(); page = *listing->next({}))
    for (const auto& row : page) ids.push_back(row.id);
  CHECK(ids == std::vector<std::string>{id(4), id(3), id(2), id(1), id(0)});
}

TEST_CASE_METHOD(StoreFixture, "a listing that breaks its contract names the plugin") {
  const auto problem = [&](const std::string& name, std::uint32_t page = 10) {
    open(name);
    REQUIRE(upsert(3));
    const auto listing = store->list("ns", page);
    for (int pages = 0; pages < 10; ++pages) {
      const auto next = listing->next({});
      if (!next) return base::to_string(next.error());
      if (next->empty()) return std::string("ended");
    }
    return std::string("goes on");
  };
  CHECK(problem("good") == "ended");
  CHECK(problem("unordered") == "faulty: says that it lists in order, and listed \"" + id(1) +
                                    "\" after \"" + id(2) + "\"");
  CHECK(problem("loops") == "faulty: gave the same cursor twice in one listing");
  CHECK(problem("stutters") == "faulty: gave a cursor after no rows");
  CHECK(problem("two_cursors") == "faulty: gave two cursors of one page");
  CHECK(problem("empty_cursor") == "faulty: gave an empty cursor");
  CHECK(problem("long_cursor") == "faulty: gave a cursor of 4097 bytes, at most 4096");
  CHECK(problem("repeats") == "faulty: listed \"" + id(2) + "\" twice");
  CHECK(problem("overlaps") == "ended");  // across pages it is for who collects them all
  CHECK(problem("ignores_limit", 2) == "faulty: listed more rows than the 2 that it was asked for");
}

TEST_CASE_METHOD(StoreFixture, "rows beyond the limit are an error, and scores are numbers",
                 "[X05]") {
  ports::Search search;
  search.text = "some";
  search.limit = 1;
  open("ignores_limit");
  REQUIRE(upsert(3));
  CHECK(store->search("ns", search, {}).error().message ==
        "gave more rows than the 1 that it was asked for");
  open("bad_score");
  REQUIRE(upsert(3));
  CHECK(store->search("ns", search, {}).error().message.find("is not finite") != std::string::npos);
}

TEST_CASE_METHOD(StoreFixture, "a row that was not asked for is an error", "[X05]") {
  open("gives_foreign");
  REQUIRE(upsert(3));
  const std::vector<std::string> first = {id(0)};
  CHECK(base::to_string(store->get("ns", first, {}).error()) ==
        "faulty: gave more rows than the 1 that it was asked for");
  const std::vector<std::string> missing = {"ffffffffffffffffffffffffffffffff"};
  CHECK(base::to_string(store->get("ns", missing, {}).error()) ==
        "faulty: gave \"" + id(2) + "\", which was not asked for, or twice");
  const std::vector<std::string> two = {id(2), id(1)};
  CHECK(base::to_string(store->get("ns", two, {}).error()) ==
        "faulty: gave \"" + id(2) + "\", which was not asked for, or twice");
}

TEST_CASE_METHOD(StoreFixture, "a filter is handed on, of the operators that were told") {
  open("good");
  CHECK(store->info().filter_operators ==
        (ports::bit(ports::FilterOp::eq) | ports::bit(ports::FilterOp::all)));
  REQUIRE(upsert(3));
  ports::Search search;
  search.text = "some";
  search.filter = R"(["and",["eq","lang","en"],["eq","year",2024]])";
  CHECK(store->search("ns", search, {})->empty());
  search.filter = R"(["and"])";
  CHECK(store->search("ns", search, {})->size() == 3);
  search.filter = R"(["nonsense"])";
  CHECK(base::to_string(store->search("ns", search, {}).error()) == "filter: is not a filter");
}

TEST_CASE_METHOD(StoreFixture, "a write is cut into requests that are small enough") {
  open("small_requests");
  CHECK(store->info().max_request_bytes == 300);
  REQUIRE(upsert(50));
  CHECK(confirmed.size() == 50);
  CHECK(*store->count("ns", {}) == 50);
  const std::vector<float> large(200, 1.0f);  // alone more than a request
  REQUIRE(upsert(3, large));
  CHECK(confirmed.size() == 3);
}

TEST_CASE_METHOD(StoreFixture, "a store that heeds the length of vectors is given none but 1") {
  open("by_distance");
  REQUIRE(upsert(2, std::vector<float>{3, 4}));
  const std::vector<std::string> wanted = {id(1)};
  const auto rows = *store->get("ns", wanted, {});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].vector == std::vector<float>{0.6f, 0.8f});
  ports::Search search;
  search.mode = ports::SearchMode::vector;
  const std::vector<float> vector = {0, 5};
  search.vector = vector;
  CHECK(store->search("ns", search, {}));
  CHECK(base::to_string(plugins.open_store("odd_metric", Json::object()).error()) ==
        "faulty: says that its metric is 7, not from 0 to 2");
}

TEST_CASE_METHOD(StoreFixture, "the namespaces of a place are listed") {
  open("good");
  REQUIRE(store->ensure({"another", 0, ""}, {}));
  CHECK(*store->namespaces({}) == std::vector<std::string>{"another", "ns"});
  REQUIRE(store->reset("another", {}));
  CHECK(*store->namespaces({}) == std::vector<std::string>{"ns"});
  open("names_twice");
  CHECK(base::to_string(store->namespaces({}).error()) ==
        "faulty: named the namespace \"ns\" twice");
}

TEST_CASE_METHOD(StoreFixture, "failures come through with their codes") {
  open("good");
  CHECK(store->count("other", {}).error().code == Code::not_found);
  CHECK(store->ensure({"ns", 5, "m"}, {}).error().code == Code::invalid_argument);
  CHECK(upsert(101).error().code == Code::misuse);
  open("throws");
  CHECK(upsert(1).error().message == "cannot store");
  CHECK(plugins.open_store("no_batch", Json::object()).error().code == Code::plugin);
}

TEST_CASE_METHOD(StoreFixture, "nothing to do is nothing asked") {
  open("throws");
  CHECK(upsert(0));
  CHECK(store->remove("ns", {}, [](std::string_view) {}, {}));
}
