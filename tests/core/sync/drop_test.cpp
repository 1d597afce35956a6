// A namespace is dropped: nobody gets between, and whatever ends it in between, the next call ends
// it.
#include "core/sync/drop.hpp"

#include "core/sync/deliver.hpp"
#include "tests/core/sync/fake_store.hpp"
#include "tests/core/sync/fixture.hpp"

namespace freshet::tests {
namespace {

using base::Code;
using base::Status;
using repository::OpenOptions;
using repository::Repository;
using repository::Writer;

constexpr const char* name = "default";

base::Result<std::shared_ptr<Repository>> open_as(const std::string& directory, bool dropping,
                                                  const std::string& name_space = name) {
  OpenOptions options;
  options.name_space = name_space;
  options.create = false;
  options.dropping = dropping;
  return Repository::open(directory, options);
}

// A namespace with rows in a store, and another one beside it.
struct Dropped {
  Dropped() {
    const auto repository = open_repository(directory);
    repository::Target target;
    target.store = "fake";
    target.store_options = "{}";
    REQUIRE(repository->write([&](Writer& writer) { return writer.put_target(target); }));
    put(*repository, document("u:a", {"one", "two"}));
    put(*repository, document("u:b", {"three"}));
    REQUIRE(repository->write([&](Writer& writer) -> Status {
      repository::Source source;
      source.id = base::digest_of("source");
      FRESHET_TRY(writer.put_source(source));
      const base::Digest root = model::root_id("u:a");
      return writer.see(source.id, 1, {&root, 1}).map([](auto&&) {});
    }));
    server.spaces[name] = {{"1", "one"}};
    server.spaces["other"] = {{"1", "one"}};
    OpenOptions other;
    other.name_space = "other";
    put(**Repository::open(directory, other), document("u:a", {"one"}));
  }

  std::vector<sync::HeldRows> stores(std::function<Status(int)> before = {}) {
    auto store = std::make_unique<FakeStore>(server);
    store->before_ = std::move(before);
    std::vector<sync::HeldRows> all;
    all.push_back({std::move(store), {name}});
    return all;
  }
  Status drop(const base::Cancel& cancel = {}, std::function<Status(int)> before = {}) {
    const auto repository = open_as(directory, true);
    if (!repository) return base::fail(repository.error());
    return sync::drop_name_space(**repository, stores(std::move(before)), cancel, 2);
  }
  void check_gone() {
    CHECK_FALSE(server.spaces.contains(name));
    CHECK(server.spaces.contains("other"));
    CHECK(open_as(directory, false).error().code == Code::not_found);
    const auto other = open_as(directory, false, "other");
    REQUIRE(other);
    CHECK((*other)->read()->info()->roots == 1);
    CHECK((*other)->check()->problem_count == 0);
    const auto fresh = open_repository(directory);  // a new one of the same name is empty
    const auto info = fresh->read()->info();
    CHECK(info->roots + info->chunks + info->deliveries == 0);
    CHECK(fresh->read()->sources()->empty());
    CHECK_FALSE(fresh->read()->target()->has_value());
    CHECK(fresh->check()->problem_count == 0);
  }

  Folder folder;
  const std::string directory = folder / "r";
  FakeServer server;
};

// Says stop at the look number `at`, from 0.
base::Cancel stop_at(int at) {
  return base::Cancel([at, looks = std::make_shared<int>(0)] { return (*looks)++ >= at; });
}

}  // namespace

TEST_CASE("a namespace that is dropped is gone from the store and the repository, and no other") {
  Dropped dropped;
  REQUIRE(dropped.drop());
  dropped.check_gone();
}

TEST_CASE("a drop that is stopped anywhere is ended by the next one") {
  int stops = 0;
  for (bool stopped = true; stopped; ++stops) {
    Dropped dropped;
    const Status status = dropped.drop(stop_at(stops));
    stopped = !status;
    if (stopped) {
      CHECK(status.error().code == Code::cancelled);
      const auto opened = open_as(dropped.directory, false);
      REQUIRE_FALSE(opened);
      CHECK(opened.error().code == Code::busy);
      CHECK(opened.error().message == "is being dropped: drop it again to end that");
      REQUIRE(dropped.drop());
    }
    dropped.check_gone();
  }
  CHECK(stops > 8);  // it was looked at between the store and the rows, and between their commits
}

TEST_CASE("a drop whose store fails is ended by the next one") {
  Dropped dropped;
  const Status failed =
      dropped.drop({}, [](int) { return base::fail(Code::network, "connection reset"); });
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == Code::network);
  CHECK(dropped.server.spaces.contains(name));
  REQUIRE(dropped.drop());
  dropped.check_gone();
}

TEST_CASE("a namespace that another run works on is not dropped") {
  Dropped dropped;
  const auto repository = open_repository(dropped.directory);
  // After the refresh that looked at the roots, which may have been in this very millisecond.
  sync::Leases run(*repository, repository->clock().now() + base::Millis(1), [] {});
  REQUIRE(run.start());
  const base::Digest root = model::root_id("u:a");
  SECTION("that refreshes a root") { REQUIRE(run.claim({&root, 1})->front() == sync::Claim::mine); }
  SECTION("that delivers") { REQUIRE(*run.claim_delivery()); }
  const Status status = dropped.drop();
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Code::busy);
  CHECK(dropped.server.spaces.contains(name));
  CHECK(repository->read()->info()->roots == 2);
}

TEST_CASE("who has the namespace open can neither read nor write it any more") {
  Dropped dropped;
  const auto before = open_repository(dropped.directory);
  const auto write = [](Repository& repository) {
    return repository.write([](Writer& writer) { return writer.put_run("{}"); });
  };
  REQUIRE_FALSE(dropped.drop(stop_at(1)));
  CHECK(before->read().error().code == Code::busy);
  CHECK(write(*before).error().code == Code::busy);
  REQUIRE(dropped.drop());
  CHECK(before->read().error().code == Code::not_found);
  const auto fresh = open_repository(dropped.directory);
  CHECK(before->read().error().code == Code::not_found);  // the new one is not for the old handle
  CHECK(write(*before).error().code == Code::not_found);
  REQUIRE(write(*fresh));
}

TEST_CASE("what is held aside for a rebuild is found, too") {
  Folder folder;
  const auto repository = open_repository(folder / "r");
  repository::Target target;
  target.store = "fake";
  target.store_options = "{}";
  REQUIRE(repository->write([&](Writer& writer) { return writer.put_target(target); }));
  CHECK(sync::row_places(*repository)->front().names == std::vector<std::string>{"default"});
  const auto begin = [&](repository::Room room) {
    REQUIRE(
        repository->write([&](Writer& writer) { return writer.begin_generation(target, room); }));
  };
  begin(repository::Room::aside);
  begin(repository::Room::aside);
  CHECK(sync::row_places(*repository)->front().names ==
        std::vector<std::string>{"default", "default~1", "default~2"});
  begin(repository::Room::elsewhere);
  CHECK(sync::row_places(*repository)->size() == 2);
}

}  // namespace freshet::tests
