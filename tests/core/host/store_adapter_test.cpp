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
  base::Status upsert(int count) {
    std::vector<ports::StoreRecord> records;
    for (int i = 0; i < count; ++i) {
      ports::StoreRecord record;
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
  const auto page = *store->list("ns", id(0), 1, {});
  REQUIRE(page.size() == 1);
  CHECK(page[0].id == id(1));
  CHECK(page[0].digest == "d");
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

TEST_CASE_METHOD(StoreFixture, "a listing that does not move on is an error") {
  open("unordered");
  REQUIRE(upsert(3));
  CHECK(store->list("ns", "", 10, {}).error().code == Code::plugin);
}

TEST_CASE_METHOD(StoreFixture, "rows beyond the limit are not taken, and scores are numbers",
                 "[X05]") {
  ports::Search search;
  search.text = "some";
  search.limit = 1;
  open("ignores_limit");
  REQUIRE(upsert(3));
  CHECK(store->search("ns", search, {})->size() == 1);
  open("bad_score");
  REQUIRE(upsert(3));
  CHECK(store->search("ns", search, {}).error().message.find("is not finite") != std::string::npos);
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
