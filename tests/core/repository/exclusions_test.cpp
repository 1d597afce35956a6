// What is excluded stays out, whoever would record it.
#include <algorithm>
#include <set>

#include "core/repository/codec.hpp"
#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

constexpr const char* uri = "u:a";
const Digest root_of_a = model::root_id(uri);
const Digest some_source = base::digest_of("source");

// A source that has u:a and u:b, both delivered.
struct Listed {
  Listed() {
    put(*repository, [](Writer& writer) -> Status {
      FRESHET_TRY(writer.put_target({"store", "{}", "", "", "", 0}));
      Source source;
      source.id = some_source;
      source.generation = 1;
      source.listed = {500};
      source.state = "state";
      return writer.put_source(source);
    });
    for (const char* each : {"u:a", "u:b"}) {
      put(*repository, make(each, {{"one", std::string("Text of ") + each}}));
      put(*repository, [&](Writer& writer) {
        const Digest root = model::root_id(each);
        return writer.see(some_source, 1, {&root, 1}).map([](auto&&) {});
      });
    }
    deliver_all(*repository);
  }
  void exclude(const std::string& why = "") {
    put(*repository, [&](Writer& writer) {
      return writer.exclude({uri, {900}, why}).map([](auto&&) {});
    });
  }
  Status refused(const std::function<Status(Writer&)>& work) { return repository->write(work); }

  TempDir dir;
  std::shared_ptr<Repository> repository = test::open(dir / "r");
};

}  // namespace

TEST_CASE("what is excluded goes with its chunks, and their removals wait for the store") {
  Listed listed;
  std::optional<std::uint64_t> removed;
  put(*listed.repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(removed, writer.exclude({uri, {900}, "asked for by its author"}));
    return {};
  });
  CHECK(removed == 3);
  const auto snapshot = read(*listed.repository);
  CHECK_FALSE(snapshot.root(root_of_a)->has_value());
  CHECK_FALSE(*snapshot.has_source(root_of_a));
  const auto rows = *snapshot.deliveries(0, 10);
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().removal);
  const auto exclusion = *snapshot.exclusion(root_of_a);
  REQUIRE(exclusion);
  CHECK(exclusion->uri == uri);
  CHECK(exclusion->since == Instant{900});
  CHECK(exclusion->why == "asked for by its author");
  check(*listed.repository);
}

TEST_CASE("nothing records what is excluded") {
  Listed listed;
  std::vector<Lease> leases;
  put(*listed.repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(const auto grants, writer.lease({&root_of_a, 1}, run_one, Millis(60'000), {}));
    leases = {{root_of_a, grants.front().fence}};
    return {};
  });
  listed.exclude();
  const Holder holder{run_one, leases.front().fence};
  const Made made = make(uri, {{"one", "again"}});
  const Status refused[] = {
      listed.refused(
          [&](Writer& writer) { return writer.put_document(write_of(made)).map([](auto&&) {}); }),
      listed.refused([&](Writer& writer) {
        return writer.touch({root_of_a, {1000}, fixed({2000}), {}, {}, {}, {}, {}, holder});
      }),
      listed.refused([&](Writer& writer) {
        return writer.decline({uri, {1000}, fixed({2000}), holder});
      }),
      listed.refused([&](Writer& writer) {
        return writer.fail(
            {uri, base::make_error(Code::io, "x"), {1000}, fixed({2000}), true, holder});
      }),
      listed.refused([&](Writer& writer) {
        return writer.put_alias({uri, "u:b", "", {}, {1000}, fixed({2000}), holder});
      }),
  };
  for (const Status& status : refused) {
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Code::excluded);
    CHECK(status.error().subject == uri);
    CHECK(status.error().message == "is excluded: include it first");
  }
  put(*listed.repository, [&](Writer& writer) {
    return writer.see(some_source, 2, {&root_of_a, 1}).map([](auto&&) {});
  });
  CHECK_FALSE(*read(*listed.repository).has_source(root_of_a));
  check(*listed.repository);
}

TEST_CASE("another name of what is excluded names it, and no more") {
  Listed listed;
  listed.exclude();
  const Digest name = model::root_id("u:name");
  put(*listed.repository, [&](Writer& writer) -> Status {
    FRESHET_TRY(writer.put_alias({"u:name", uri, "", {}, {1000}, fixed({2000}), {}}));
    return writer.see(some_source, 1, {&name, 1}).map([](auto&&) {});
  });
  CHECK(*read(*listed.repository).has_source(name));
  CHECK_FALSE(*read(*listed.repository).has_source(root_of_a));
  check(*listed.repository);
}

TEST_CASE("what is included again is listed again, from nothing") {
  Listed listed;
  listed.exclude();
  bool was_out = false;
  const auto include = [&](const std::string& which) {
    put(*listed.repository, [&](Writer& writer) -> Status {
      FRESHET_ASSIGN(was_out, writer.include(which));
      return {};
    });
    return was_out;
  };
  Source source = **read(*listed.repository).source(some_source);
  source.state = "newer";
  source.listed = {700};
  put(*listed.repository, [&](Writer& writer) { return writer.put_source(source); });
  CHECK_FALSE(include("u:b"));
  CHECK((*read(*listed.repository).source(some_source))->state == "newer");
  CHECK(include(uri));
  const Source after = **read(*listed.repository).source(some_source);
  CHECK(after.state.empty());
  CHECK(after.listed == base::unset);
  CHECK(after.generation == source.generation + 1);
  CHECK_FALSE(include(uri));
  put(*listed.repository, make(uri, {{"one", "again"}}));
  check(*listed.repository);
}

TEST_CASE("exclusions are of one namespace, and are listed page by page") {
  Listed listed;
  for (int i = 0; i < 5; ++i)
    put(*listed.repository, [&](Writer& writer) {
      return writer.exclude({"u:" + std::to_string(i), {900}, ""}).map([](auto&&) {});
    });
  const auto snapshot = read(*listed.repository);
  std::vector<std::string> uris;
  Digest cursor;
  for (;;) {
    const auto page = *snapshot.exclusions(cursor, 2);
    if (page.empty()) break;
    for (const Exclusion& each : page) uris.push_back(each.uri);
    cursor = model::root_id(uris.back());
  }
  std::sort(uris.begin(), uris.end());
  CHECK(uris == std::vector<std::string>{"u:0", "u:1", "u:2", "u:3", "u:4"});
  const auto other = test::open(listed.dir / "r", name_space("other"));
  CHECK_FALSE(*read(*other).has_exclusions());
  put(*other, make("u:0", {{"one", "here"}}));
}

TEST_CASE("check finds what is excluded and a root all the same, or under another id") {
  TempDir dir;
  {
    const auto repository = test::open(dir / "r");
    put(*repository, make(uri, {{"one", "text"}}));
  }
  Encoder value;
  encode(value, Exclusion{uri, {900}, ""});
  RawCommit commit(dir / "r");
  commit.put(Db::excluded, Key(1).add(root_of_a), value);
  commit.put(Db::excluded, Key(1).add(run_one), value);
  commit.commit();
  const auto report = test::open(dir / "r")->check();
  REQUIRE(report);
  CHECK(std::set<std::string>(report->problems.begin(), report->problems.end()) ==
        std::set<std::string>{"excluded u:a: is a root all the same",
                              "excluded u:a: stored under another id"});
}

TEST_CASE("an exclusion needs a URI, and few words") {
  Listed listed;
  const auto exclude = [&](const Exclusion& exclusion) {
    return listed
        .refused([&](Writer& writer) { return writer.exclude(exclusion).map([](auto&&) {}); })
        .error();
  };
  CHECK(exclude({"", {900}, ""}).code == Code::invalid_argument);
  const auto wordy = exclude({uri, {900}, std::string(most_why + 1, 'x')});
  CHECK(wordy.code == Code::limit);
  CHECK(wordy.subject == "why");
  CHECK(read(*listed.repository).root(root_of_a)->has_value());
}

}  // namespace freshet::repository::test
