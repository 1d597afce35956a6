// Who may write, and one namespace in another's place.
#include <sqlite3.h>

#include "tests/plugins/store_sqlite/support.hpp"

namespace base = freshet::base;
namespace ports = freshet::ports;
using base::Code;
using freshet::testing::id_of;
using freshet::testing::row;
using freshet::testing::StoreFixture;

namespace {

// The same file through a second instance, as another process has it.
std::unique_ptr<ports::Store> other_instance(StoreFixture& fixture) {
  auto opened = fixture.try_open(fixture.path());
  REQUIRE(opened);
  return *std::move(opened);
}

Code code_of(const base::Status& status) { return status ? Code::ok : status.error().code; }

}  // namespace

TEST_CASE("a writer whose claim was lost changes nothing, in any namespace") {
  StoreFixture fixture;
  const auto other = other_instance(fixture);
  CHECK(fixture.store->info().claims);
  CHECK(*fixture.store->claim("ns", 7, {}) == 0);
  REQUIRE(fixture.put({row("a", "mine")}));
  // A claim alone takes nothing from anybody: the first write does.
  CHECK(*other->claim("ns", 9, {}) == 7);
  REQUIRE(fixture.put({row("b", "mine too")}));
  REQUIRE(other->ensure({"ns", 0, ""}, {}));
  CHECK(code_of(fixture.put({row("a", "late")})) == Code::busy);
  CHECK(fixture.confirmed.empty());
  CHECK(code_of(fixture.remove({id_of("a")})) == Code::busy);
  CHECK(code_of(fixture.store->reset("ns", {})) == Code::busy);
  CHECK(code_of(fixture.store->ensure({"ns~1", 0, ""}, {})) == Code::busy);
  CHECK(code_of(fixture.store->replace("ns", "ns~1", {})) == Code::busy);
  CHECK(StoreFixture::texts(fixture.hits("mine")).find("late") == std::string::npos);
  CHECK(fixture.count() == 2);
  CHECK(*fixture.store->claim("ns", 10, {}) == 9);
  CHECK(fixture.put({row("a", "mine again")}));
}

TEST_CASE("a claim outlives its namespace and the process") {
  StoreFixture fixture;
  REQUIRE(fixture.store->claim("ns", 7, {}));
  REQUIRE(fixture.store->reset("ns", {}));
  fixture.store.reset();
  auto again = other_instance(fixture);
  CHECK(*again->claim("ns", 6, {}) == 7);
  CHECK(code_of(again->ensure({"ns", 0, ""}, {})) == Code::busy);
  CHECK(*again->claim("another", 6, {}) == 0);
  CHECK(again->ensure({"another", 0, ""}, {}));
}

TEST_CASE("a namespace takes another's place, with its rows, words and vectors") {
  StoreFixture fixture;
  REQUIRE(fixture.put({row("a", "the old zebra"), row("b", "kept nowhere")}));
  REQUIRE(fixture.store->ensure({"ns~3", 2, "m"}, {}));
  auto next = row("a", "the new zebra");
  next.vector = {1, 0};
  REQUIRE(fixture.put({next}, "ns~3"));
  REQUIRE(fixture.store->replace("ns", "ns~3", {}));
  CHECK(StoreFixture::texts(fixture.hits("zebra")) == "the new zebra");
  CHECK(StoreFixture::texts(fixture.near({1, 0})) == "the new zebra");
  CHECK(fixture.count() == 1);
  CHECK(fixture.store->count("ns~3", {}).error().code == Code::not_found);
  CHECK(fixture.store->replace("ns", "ns~3", {}));  // it was done
  CHECK(fixture.count() == 1);
  CHECK(code_of(fixture.store->replace("ns", "ns~4", {})) == Code::not_found);
  CHECK(fixture.count() == 1);
}

TEST_CASE("a file of the first days gets what it lacks") {
  StoreFixture fixture;
  REQUIRE(fixture.put({row("a", "kept")}));
  fixture.store.reset();
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(fixture.path().c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, "DROP TABLE IF EXISTS claims", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  fixture.open();
  CHECK(*fixture.store->claim("ns", 1, {}) == 0);
  CHECK(fixture.put({row("b", "more")}));
  CHECK(fixture.count() == 2);
}
