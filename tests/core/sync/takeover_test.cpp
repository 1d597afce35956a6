// One owner: whoever is stopped, goes on, or ends at any write to the store, the namespace ends in
// step with the repository, or something is pending and one more run brings it there.
#include <algorithm>
#include <atomic>

#include "core/sync/deliver.hpp"
#include "tests/core/sync/fake_store.hpp"
#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

using base::Code;
using base::Status;
using repository::Fill;
using repository::Room;
using tests::FakeStore;

class Clock : public ports::Clock {
 public:
  base::Instant now() const override { return {1'700'000'000'000 + ticks_.load()}; }
  base::Millis monotonic() const override { return base::Millis(ticks_.load()); }
  void pass(base::Millis time) { ticks_ += time.count(); }

 private:
  std::atomic<std::int64_t> ticks_{1'000'000};
};

constexpr base::Millis longer_than_a_lease{61'000};
const std::vector<std::string> six{"a", "b", "c", "d", "e", "f"};

// What a kind of store can do.
struct Kind {
  bool claims, replaces;
};
constexpr Kind kinds[] = {{false, false}, {false, true}, {true, false}, {true, true}};

struct World {
  explicit World(Kind can) : kind(can) {
    auto opened = repository::Repository::open(folder / "repository", {}, clock);
    if (!opened) FAIL(base::to_string(opened.error()));
    repository = *opened;
    roots = *RootLog::make(folder / "repository");
    write([&](repository::Writer& writer) { return writer.put_target(target); });
    put(six);
    deliver();
    REQUIRE(in_step());
  }

  // A run's delivery from its beginning to its end.
  void deliver(const std::function<void(FakeStore&)>& prepare = {}) {
    Ledger ledger(clock, nullptr, roots);
    FakeStore store(server);
    store.info_.claims = kind.claims;
    store.info_.replaces = kind.replaces;
    if (prepare) prepare(store);
    {
      Leases leases(*repository, clock.now(), [] {});
      REQUIRE(leases.start());
      Delivery delivery(*repository, store, target, nullptr, leases, ledger, {});
      REQUIRE(delivery.start());
      delivery.finish();
    }
    errors = ledger.errors();
    log = store.log_;
  }
  void put(const std::vector<std::string>& texts) {
    tests::put(*repository, tests::document("u:1", texts));
  }
  void rebuild() {
    write([&](repository::Writer& writer) {
      return writer.begin_generation(target, kind.replaces ? Room::aside : Room::own);
    });
  }
  void write(const std::function<Status(repository::Writer&)>& work) {
    const Status status = repository->write(work);
    if (!status) FAIL(base::to_string(status.error()));
  }

  std::uint64_t pending() { return repository->read()->info()->deliveries; }
  bool is_full() {
    std::multiset<std::string> texts;
    const auto chunks = repository->read()->chunks_of(model::root_id("u:1"));
    for (const repository::StoredChunk& chunk : *chunks) texts.insert(chunk.chunk.text);
    return server.texts() == texts;
  }
  // A late write that is not refused may leave an empty namespace, which the next rebuild removes.
  bool in_step() {
    return is_full() && pending() == 0 && (server.spaces.size() == 1 || !kind.claims);
  }

  const Kind kind;
  Clock clock;
  tests::Folder folder;
  std::shared_ptr<repository::Repository> repository;
  std::shared_ptr<RootLog> roots;
  tests::FakeServer server;
  repository::Target target{"fake", "{}", "", "", "", 0};
  std::vector<base::Error> errors;
  std::string log;
};

// Writes that an undisturbed delivery of `work` makes.
int count_writes(Kind kind, const std::function<void(World&)>& work) {
  World world(kind);
  work(world);
  int count = 0;
  world.deliver(
      [&](FakeStore& store) { store.after_ = [&](int) -> Status { return ++count, Status{}; }; });
  REQUIRE(world.in_step());
  return count;
}

const std::function<void(World&)> works[] = {
    [](World& world) {
      world.put({"a", "b", "new one", "d"});
    },
    [](World& world) {
      world.rebuild();
      world.put({"a", "b", "new one", "d"});
    },
};

// Runs `each` for every kind of store, every work, and every write that it takes.
void at_every_write(
    const std::function<void(Kind, const std::function<void(World&)>&, int)>& each) {
  for (const Kind kind : kinds)
    for (const auto& work : works)
      for (int k = count_writes(kind, work); k-- > 0;) {
        INFO("claims " << kind.claims << ", replaces " << kind.replaces << ", work "
                       << &work - works << ", write " << k);
        each(kind, work, k);
      }
}

}  // namespace

TEST_CASE("a rebuild ends with a full store; where the store can, it is never seen empty") {
  for (const Kind kind : kinds) {
    World world(kind);
    world.rebuild();
    CHECK(world.pending() == six.size() + 1);
    bool always_full = true;
    world.deliver([&](FakeStore& store) {
      store.after_ = [&](int) -> Status { return always_full &= world.is_full(), Status{}; };
    });
    CHECK(world.in_step());
    CHECK(always_full == kind.replaces);
    CHECK(world.errors.empty());
    CHECK(world.repository->check()->problem_count == 0);
  }
}

TEST_CASE("a run that ends at any write leaves what the next one finishes") {
  for (const bool arrived : {false, true})
    at_every_write([&](Kind kind, const auto& work, int k) {
      World world(kind);
      work(world);
      world.deliver([&](FakeStore& store) {
        (arrived ? store.after_ : store.before_) = [&, k](int number) -> Status {
          if (number < k) return {};
          return base::fail(Code::io, "the process ends here");
        };
      });
      CHECK(world.pending() > 0);
      if (kind.replaces) CHECK_FALSE(world.server.rows().empty());
      world.deliver();
      CHECK(world.in_step());
    });
}

TEST_CASE("a run that is stopped at any write beyond its lease, and goes on after another") {
  at_every_write([&](Kind kind, const auto& work, int k) {
    World world(kind);
    work(world);
    world.deliver([&](FakeStore& store) {
      store.before_ = [&, k](int number) -> Status {
        if (number != k) return {};
        world.clock.pass(longer_than_a_lease);
        world.deliver();
        CHECK(world.in_step());
        world.put({"a", "b", "newer", "d"});
        world.deliver();
        CHECK(world.in_step());
        return {};
      };
    });
    // Its late write was refused, or it has seen to it that what is right is sent again.
    CHECK((world.is_full() || world.pending() > 0));
    if (kind.claims) CHECK(world.is_full());
    CHECK(world.errors.empty());
    world.deliver();
    CHECK(world.in_step());
    CHECK(world.repository->check()->problem_count == 0);
  });
}

TEST_CASE("a run that is stopped after any write beyond its lease, and goes on after another") {
  at_every_write([&](Kind kind, const auto& work, int k) {
    World world(kind);
    work(world);
    world.deliver([&](FakeStore& store) {
      store.after_ = [&, k](int number) -> Status {
        if (number != k) return {};
        world.clock.pass(longer_than_a_lease);
        world.deliver();
        return {};
      };
    });
    CHECK((world.is_full() || world.pending() > 0));
    world.deliver();
    CHECK(world.in_step());
  });
}

TEST_CASE("a rebuild that begins at any write of another run supersedes it") {
  at_every_write([&](Kind kind, const auto& work, int k) {
    World world(kind);
    work(world);
    world.deliver([&](FakeStore& store) {
      store.before_ = [&, k](int number) -> Status {
        if (number == k) world.rebuild();
        return {};
      };
    });
    CHECK(world.in_step());
  });
}

TEST_CASE("a row that arrives late from a run that ended is removed by the next run") {
  World world({false, false});
  world.put({"a", "b", "old one", "d"});
  const auto rows = *world.repository->read()->deliveries(0, 100);
  const auto upsert =
      std::find_if(rows.begin(), rows.end(), [](const auto& r) { return !r.removal; });
  REQUIRE(upsert != rows.end());
  FakeStore store(world.server);
  {
    Leases leases(*world.repository, world.clock.now(), [] {});
    Tenure tenure(*world.repository, store, leases, {});
    REQUIRE(*tenure.begin());
    const auto place = *delivery_place(*world.repository);
    REQUIRE(*tenure.commit(place, [&](repository::Writer& writer) {
      return tenure.note_in_flight(writer, {&upsert->chunk, 1});
    }));
    world.clock.pass(longer_than_a_lease);
    world.put({"a", "b", "new one", "d"});
    world.deliver();
    CHECK(world.in_step());
    world.server.rows()[upsert->chunk.hex()] = "old one";  // and the process is gone
  }
  world.deliver();  // it may still be there
  CHECK_FALSE(world.is_full());
  world.clock.pass(base::Millis{25 * 3'600'000});
  world.deliver();
  CHECK(world.in_step());
}

TEST_CASE("nothing is sent once the lease's time is over") {
  World world({true, true});
  world.put({"1", "2", "3", "4", "5", "6"});
  world.deliver([&](FakeStore& store) {
    store.after_ = [&](int number) -> Status {
      if (number == 0) world.clock.pass(longer_than_a_lease);
      return {};
    };
  });
  CHECK(world.log.substr(0, 4) == "CUCU");  // claimed again before the second batch
  CHECK(world.in_step());
}

TEST_CASE("a store that outlived its repository is claimed all the same") {
  World world({true, true});
  world.server.fence = 1'000'000;
  world.put({"a", "b"});
  world.deliver();
  CHECK(world.in_step());
  CHECK(world.server.fence > 1'000'000);
}

TEST_CASE("what is for another store or embedder is left to who has that one open") {
  for (const Kind kind : kinds) {
    World world(kind);
    const repository::Target mine = world.target;
    repository::Target other = mine;
    other.model = "another";
    world.target = other;
    world.rebuild();
    world.target = mine;
    world.put({"a", "b"});
    world.deliver();
    CHECK(world.log.find_first_of("UXEP") == std::string::npos);
    REQUIRE(world.errors.size() == 1);
    CHECK(world.errors[0].code == Code::busy);
    CHECK(world.pending() > 0);
    world.target = other;
    world.deliver();
    CHECK(world.in_step());
  }
}

TEST_CASE("a row that the store refuses holds no rebuild up, but most rows do") {
  World world({true, true});
  world.put({"a", "b", "poison", "d", "e"});
  world.deliver();
  world.rebuild();
  world.deliver();
  CHECK(world.pending() == 1);
  CHECK(world.server.rows().size() == 4);
  CHECK_FALSE(world.repository->read()->generation()->under_way());
  world.put({"poison 1", "poison 2", "poison 3", "d"});
  world.rebuild();
  world.deliver();
  CHECK(world.pending() > 3);
  CHECK(world.repository->read()->generation()->fill == Fill::filling);
  CHECK(world.server.rows().size() >= 4);
  CHECK(world.errors.back().code == Code::held);
  world.put({"a", "b", "c", "d"});
  world.deliver();
  CHECK(world.in_step());
}

TEST_CASE("a generation that the store lost before it took its place is filled again") {
  World world({true, true});
  world.rebuild();
  world.deliver([&](FakeStore& store) {
    store.before_ = [&](int) -> Status {
      if (world.repository->read()->generation()->fill == Fill::filled)
        world.server.spaces.erase("default~1");
      return {};
    };
  });
  REQUIRE_FALSE(world.errors.empty());
  CHECK(world.pending() > 0);
  CHECK(world.is_full());
  world.deliver();
  CHECK(world.in_step());
}

}  // namespace freshet::sync
