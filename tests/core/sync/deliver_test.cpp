// Law 5: a delivery is forgotten only when the store has confirmed its id.
#include "core/sync/deliver.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "tests/core/sync/fake_store.hpp"
#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

// Takes four writes at once, and refuses the first ones.
class CrowdedStore : public tests::FakeStore {
 public:
  explicit CrowdedStore(tests::FakeServer& server) : FakeStore(server) {
    info_.max_batch = 1;
    info_.concurrent_writes = 4;
  }
  base::Status upsert(const std::string& name, std::span<const ports::StoreRecord> records,
                      const Confirm& confirm, const base::Cancel& cancel) override {
    std::unique_lock lock(mutex_);
    ++going_;
    met_.notify_all();
    // Once it refuses no more, each waits for a third beside it, which is not to come.
    if (refused_ == refuses_)
      met_.wait_for(lock, std::chrono::milliseconds(100), [&] { return going_ > 2; });
    const base::Status status = serve(name, records, confirm, cancel);
    --going_;
    return status;
  }

  int refuses_ = 0, retry_after_ms_ = 20;
  int refused_ = 0, most_after_ = 0;  // at once, since the last refusal

 private:
  base::Status serve(const std::string& name, std::span<const ports::StoreRecord> records,
                     const Confirm& confirm, const base::Cancel& cancel) {
    if (refused_ == refuses_) {
      most_after_ = std::max(most_after_, going_);
      return FakeStore::upsert(name, records, confirm, cancel);
    }
    ++refused_;
    base::Error error = base::make_error(base::Code::rate_limited, "429");
    error.retry_after_ms = retry_after_ms_;
    return base::fail(std::move(error));
  }

  std::mutex mutex_;
  std::condition_variable met_;
  int going_ = 0;
};

struct Setup {
  Setup() : repository(tests::open_repository(folder / "repository")) {
    roots = *RootLog::make(folder / "repository");
  }

  std::uint64_t deliver() { return deliver_to(store); }
  std::uint64_t deliver_to(ports::Store& store) {
    Ledger ledger(repository->clock(), nullptr, roots);
    {
      Leases leases(*repository, repository->clock().now(), [] {});
      REQUIRE(leases.start());
      Delivery delivery(*repository, store, {}, nullptr, leases, ledger, cancel);
      REQUIRE(delivery.start());
      delivery.finish();
    }
    errors = ledger.errors();
    counts = ledger.counts();
    return repository->read()->info()->deliveries;
  }

  // What the store should hold: the texts of the repository's chunks.
  std::multiset<std::string> wanted(const std::string& uri) {
    std::multiset<std::string> texts;
    const auto chunks = repository->read()->chunks_of(model::root_id(uri));
    for (const repository::StoredChunk& chunk : *chunks) texts.insert(chunk.chunk.text);
    return texts;
  }
  std::multiset<std::string> stored() { return server.texts(); }

  tests::Folder folder;
  std::shared_ptr<repository::Repository> repository;
  std::shared_ptr<RootLog> roots;
  tests::FakeServer server;
  tests::FakeStore store{server};
  base::Cancel cancel;
  std::vector<base::Error> errors;
  Counts counts;
};

const std::vector<std::string> ten{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

}  // namespace

TEST_CASE("every chunk is delivered once, in batches of the store's size") {
  Setup setup;
  tests::put(*setup.repository, tests::document("u:1", ten));
  CHECK(setup.deliver() == 0);
  CHECK(setup.stored() == setup.wanted("u:1"));
  CHECK(setup.store.writes_ == 3);
  CHECK(setup.deliver() == 0);
  CHECK(setup.store.writes_ == 3);
}

TEST_CASE("upserts go before the removals they replace") {
  Setup setup;
  tests::put(*setup.repository, tests::document("u:1", {"old one", "kept"}));
  setup.deliver();
  setup.store.log_.clear();
  tests::put(*setup.repository, tests::document("u:1", {"new one", "kept"}));
  CHECK(setup.deliver() == 0);
  CHECK(setup.store.log_ == "UR");
  CHECK(setup.counts.upserts == 1);
  CHECK(setup.counts.removals == 1);
  CHECK(setup.stored() == setup.wanted("u:1"));
}

TEST_CASE("a row that the store did not confirm is sent again") {
  Setup setup;
  tests::put(*setup.repository, tests::document("u:1", {"a", "b", "c"}));
  setup.store.confirm_most_ = 1;
  setup.deliver();
  CHECK(setup.stored() == setup.wanted("u:1"));
  CHECK(setup.store.writes_ >= 3);
}

TEST_CASE("a store that asks for fewer requests gets fewer at once, and in the end everything") {
  Setup setup;
  CrowdedStore store(setup.server);
  store.refuses_ = 5;  // of four: two are left, or one
  tests::put(*setup.repository, tests::document("u:1", {"a", "b", "c", "d"}));
  const auto begun = setup.repository->clock().monotonic();
  CHECK(setup.deliver_to(store) == 0);
  CHECK(setup.errors.empty());
  CHECK(store.refused_ == 5);
  CHECK(store.most_after_ <= 2);
  CHECK(setup.stored() == setup.wanted("u:1"));
  const auto took = setup.repository->clock().monotonic() - begun;
  CHECK(took >= base::Millis(40));  // two rests at least
}

TEST_CASE("a store that asks for more patience than a run has is left for the next run") {
  Setup setup;
  CrowdedStore store(setup.server);
  store.refuses_ = 1;
  store.retry_after_ms_ = 31'000;
  tests::put(*setup.repository, tests::document("u:1", {"a"}));
  CHECK(setup.deliver_to(store) == 1);
  REQUIRE(setup.errors.size() == 1);
  CHECK(setup.errors[0].code == base::Code::rate_limited);
  CHECK(setup.errors[0].retry_after_ms == 31'000);
  CHECK(setup.deliver_to(store) == 0);
}

TEST_CASE("a reply that is lost after the store has committed leads to a replay, and to no loss") {
  Setup setup;
  setup.store.lose_reply_ = 1;
  setup.store.confirm_most_ = 0;
  tests::put(*setup.repository, tests::document("u:1", {"a", "b"}));
  tests::put(*setup.repository, tests::document("u:2", {"c"}));
  CHECK(setup.repository->read()->info()->deliveries == 3);
  setup.cancel.request();  // the process ends here
  setup.deliver();
  CHECK(setup.repository->read()->info()->deliveries == 3);
  setup.cancel = {};
  setup.store.confirm_most_ = SIZE_MAX;
  CHECK(setup.deliver() == 0);
  CHECK(setup.server.rows().size() == 3);
}

TEST_CASE("one row that the store refuses stays pending, and holds nothing else up") {
  Setup setup;
  tests::put(*setup.repository, tests::document("u:1", {"a", "b", "poison", "d", "e", "f", "g"}));
  CHECK(setup.deliver() == 1);
  CHECK(setup.server.rows().size() == 6);
  REQUIRE(setup.errors.size() == 1);
  CHECK(setup.errors[0].message.find("refused") != std::string::npos);
}

TEST_CASE("a text that is longer than the store takes is not sent, and stays pending") {
  Setup setup;
  setup.store.info_.max_text_bytes = 100;
  tests::put(*setup.repository, tests::document("u:1", {"short"}));
  CHECK(setup.deliver() == 0);
  tests::put(*setup.repository, tests::document("u:2", {std::string(200, 'x'), "other"}));
  CHECK(setup.deliver() == 1);
  CHECK(setup.server.rows().size() == 2);
  REQUIRE(setup.errors.size() == 1);
  CHECK(setup.errors[0].code == base::Code::limit);
  CHECK(setup.errors[0].subject.size() == 32);
  CHECK(setup.errors[0].message.find("the store takes 100 at most") != std::string::npos);
  tests::put(*setup.repository, tests::document("u:2", {"short again", "other"}));
  CHECK(setup.deliver() == 0);
  CHECK(setup.server.rows().size() == 3);
}

TEST_CASE("an old row is kept while the row that replaces it cannot be stored") {
  Setup setup;
  tests::put(*setup.repository, tests::document("u:1", {"good"}));
  setup.deliver();
  tests::put(*setup.repository, tests::document("u:1", {"poison"}));
  CHECK(setup.deliver() == 2);
  CHECK(setup.server.rows().size() == 1);
  tests::put(*setup.repository, tests::document("u:1", {"cured"}));
  CHECK(setup.deliver() == 0);
  CHECK(setup.stored() == setup.wanted("u:1"));
}

TEST_CASE("a refused row keeps what it replaces, whatever else of the root is stored") {
  for (const std::size_t batch : {1u, 2u, 4u, 100u}) {
    INFO(batch);
    Setup setup;
    setup.store.info_.max_batch = static_cast<std::uint32_t>(batch);
    tests::put(*setup.repository, tests::document("u:1", {"old", "kept"}));
    setup.deliver();
    const auto both = setup.stored();
    tests::put(*setup.repository, tests::document("u:1", {"poison", "kept", "b", "c", "d", "e"}));
    for (int run = 0; run < 2; ++run) {
      CHECK(setup.deliver() == 2);
      const auto stored = setup.stored();
      CHECK(std::includes(stored.begin(), stored.end(), both.begin(), both.end()));
      CHECK(stored.size() == 6);
    }
    tests::put(*setup.repository, tests::document("u:1", {"other poison", "kept"}));
    for (int run = 0; run < 2; ++run) {  // refused again: the first of them still stands
      setup.deliver();
      const auto stored = setup.stored();
      CHECK(std::includes(stored.begin(), stored.end(), both.begin(), both.end()));
    }
    tests::put(*setup.repository, tests::document("u:1", {"cured", "kept"}));
    CHECK(setup.deliver() == 0);
    CHECK(setup.stored() == setup.wanted("u:1"));
  }
}

TEST_CASE("a refused row keeps nothing of another root") {
  Setup setup;
  tests::put(*setup.repository, tests::document("u:1", {"good"}));
  tests::put(*setup.repository, tests::document("u:2", {"a", "b"}));
  setup.deliver();
  tests::put(*setup.repository, tests::document("u:1", {"poison"}));
  tests::put(*setup.repository, tests::document("u:2", {"a"}));
  CHECK(setup.deliver() == 2);
  CHECK(setup.stored().size() == 2);
  CHECK(setup.counts.removals == 1);
}

TEST_CASE("a chunk that comes back before its removal was delivered is not removed") {
  Setup setup;
  tests::put(*setup.repository, tests::document("u:1", {"a", "b"}));
  setup.deliver();
  tests::put(*setup.repository, tests::document("u:1", {"a"}));
  tests::put(*setup.repository, tests::document("u:1", {"a", "b"}));
  CHECK(setup.deliver() == 0);
  CHECK(setup.stored() == setup.wanted("u:1"));
  CHECK(setup.server.rows().size() == 2);
}

TEST_CASE("a removed document leaves no row behind") {
  Setup setup;
  tests::put(*setup.repository, tests::document("u:1", ten));
  setup.deliver();
  REQUIRE(setup.repository->write([](repository::Writer& writer) {
    return writer.remove_root(model::root_id("u:1")).map([](auto&&) {});
  }));
  CHECK(setup.deliver() == 0);
  CHECK(setup.server.rows().empty());
}

}  // namespace freshet::sync
