// Sinks that a plugin keeps past their calls, and uses then.
#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
namespace ports = freshet::ports;
using freshet::testing::fixture;
using freshet::testing::Json;
using freshet::testing::World;

namespace {

struct LateFixture : World {
  LateFixture() : World({fixture("faulty")}) {}
  // Two calls are good, and what the second did with the sink of the first is told.
  template <typename Call>
  void check_told(Call&& call) {
    CHECK(call());
    CHECK(lines.empty());
    CHECK(call());  // it would fail, had its late use been taken
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].plugin == "faulty");
    CHECK(lines[0].message == "used a sink after the call that it was for");
    CHECK(lines[0].level == 2);
  }
};

}  // namespace

TEST_CASE_METHOD(LateFixture, "a listing sink is closed when its call is over", "[X05]") {
  const auto loader = *plugins.open_loader("late_sink", Json::object());
  const ports::ListingSink sink{[](const ports::Entry&) { return base::Status(); }, {}};
  check_told([&] { return loader->list({}, sink, {}).has_value(); });
}

TEST_CASE_METHOD(LateFixture, "a fetch sink is closed when its call is over", "[X05]") {
  const auto loader = *plugins.open_loader("late_sink", Json::object());
  ports::Entry entry;
  entry.uri = "fixture:/a";
  check_told([&] {
    const auto fetched = loader->fetch(entry, "", {});
    return fetched && fetched->outcome == ports::FetchOutcome::content;
  });
}

TEST_CASE_METHOD(LateFixture, "a document builder is closed when its call is over", "[X05]") {
  const auto reader = *plugins.open_reader("late_sink", Json::object());
  check_told([&] {
    return reader->read({"body", "fixture:/a", "text/x-fixture", ""}).has_value();
  });
}

TEST_CASE_METHOD(LateFixture, "a vector sink is closed when its call is over", "[X05]") {
  const auto embedder = *plugins.open_embedder("late_sink", Json::object());
  const std::string_view text = "text";
  check_told([&] { return embedder->embed({&text, 1}, {}).has_value(); });
}

TEST_CASE_METHOD(LateFixture, "a confirm sink is closed when its call is over", "[X05]") {
  const auto store = *plugins.open_store("late_sink", Json::object());
  REQUIRE(store->ensure({"late", 0, ""}, {}));
  ports::StoreRecord record;
  record.id = std::string(32, 'a');
  record.digest = "d";
  int confirmed = 0;
  check_told([&] {
    return store->upsert("late", {&record, 1}, [&](std::string_view) { ++confirmed; }, {})
        .has_value();
  });
  CHECK(confirmed == 2);
  CHECK(store->reset("late", {}));
}
