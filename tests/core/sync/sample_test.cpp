// Which rows a run looks at: chance may point at each of them, in a small store and in a large one.
#include "core/sync/sample.hpp"

#include <algorithm>
#include <cstring>
#include <random>

#include "core/sync/mend.hpp"
#include "tests/core/sync/fake_store.hpp"
#include "tests/core/sync/fixture.hpp"
#include "tests/support/fake_catalog.hpp"

namespace freshet::sync {
namespace {

// Remembers which rows it was asked for, and gives none back.
class AskedStore final : public tests::FakeStore {
 public:
  AskedStore(tests::FakeServer& server, std::set<std::string>& asked)
      : FakeStore(server), asked_(asked) {}
  base::Result<std::vector<ports::Hit>> get(const std::string& name,
                                            std::span<const std::string> ids,
                                            const base::Cancel& cancel) override {
    asked_.insert(ids.begin(), ids.end());
    return FakeStore::get(name, ids, cancel);
  }

 private:
  std::set<std::string>& asked_;
};

// Points where a test says, and then anywhere.
class Pointing final : public ports::Random {
 public:
  std::uint64_t draw() override {
    if (next_ == numbers_.size()) return generator_();
    return numbers_[next_++];
  }
  // At the first chunk of its root, and then at itself among those of the root.
  void point_before(const base::Digest& id) {
    base::Digest root = id;
    std::fill(root.bytes.begin() + 6, root.bytes.end(), 0);
    numbers_.clear();
    for (const base::Digest& place : {one_less(root), one_less(id)}) {
      for (std::size_t at = 0; at < place.bytes.size(); at += 8)
        std::memcpy(&numbers_.emplace_back(0), place.bytes.data() + at, 8);
      numbers_.push_back(0);  // and no further
    }
    next_ = 0;
  }

 private:
  static base::Digest one_less(base::Digest id) {
    for (std::size_t i = id.bytes.size(); i-- > 0 && id.bytes[i]-- == 0;) continue;
    return id;
  }

  std::mt19937_64 generator_{7};
  std::vector<std::uint64_t> numbers_;
  std::size_t next_ = 0;
};

// Roots of three chunks each, of which the store has confirmed all.
struct Sampled {
  explicit Sampled(int roots) {
    repository::OpenOptions options;
    auto opened = repository::Repository::open(
        folder / "repository", options,
        ports::Machine(ports::system_clock(), ports::thread_executor(), chance));
    REQUIRE(opened);
    repository = *std::move(opened);
    REQUIRE(repository->write([&](repository::Writer& writer) -> base::Status {
      for (int i = 0; i < roots; ++i) {
        const auto document = tests::document("u:" + std::to_string(i), {"a", "b", "c"});
        const auto chunks = tests::chunks_of(document);
        repository::DocumentWrite write;
        write.document = &document;
        write.chunks = &chunks;
        write.content_digest = model::content_digest(document);
        write.now = repository->clock().now();
        FRESHET_TRY(writer.put_document(write).map([](auto&&) {}));
      }
      return writer.put_target({"fake", "{}", "", "", "", 0});
    }));
    REQUIRE(repository->write([&](repository::Writer& writer) -> base::Status {
      FRESHET_ASSIGN(const auto rows, writer.read().deliveries(0, 1'000'000));
      std::vector<repository::Confirmation> confirmed;
      for (const repository::Delivery& row : rows) {
        FRESHET_ASSIGN(const auto chunk, writer.read().chunk(row.chunk));
        confirmed.push_back({row, chunk->record_digest});
        all.push_back(row.chunk);
      }
      return writer.confirm(confirmed);
    }));
    target.store = std::make_unique<AskedStore>(server, asked);
  }
  Looked look(double share, std::uint64_t most = most_sampled) {
    const auto looked = look_at_some({*repository, catalog, http}, target, {share, most}, {},
                                     [](Fault, const base::Digest&) { return base::Status(); });
    REQUIRE(looked);
    return *looked;
  }

  Pointing chance;
  tests::Folder folder;
  std::shared_ptr<repository::Repository> repository;
  tests::FakeServer server;
  std::set<std::string> asked;
  tests::FakeCatalog catalog{{}};
  tests::NoHttp http;
  OpenTarget target;
  std::vector<base::Digest> all;
};

}  // namespace

TEST_CASE("what a run looks at comes to each chunk of a small store in time", "[sample]") {
  Sampled it(3);
  REQUIRE(it.all.size() == 9);
  CHECK(it.look(0.01).checked == 1);  // one at least
  for (int i = 0; i < 400 && it.asked.size() < it.all.size(); ++i) it.look(0.01);
  CHECK(it.asked.size() == it.all.size());
}

TEST_CASE("what a run looks at may be any chunk of a large store", "[sample]") {
  Sampled it(700);
  REQUIRE(it.all.size() == 2100);
  const double one = 0.0005;  // so few that they are sought
  for (const base::Digest& id : it.all) {
    it.asked.clear();
    it.chance.point_before(id);
    REQUIRE(it.look(one).checked == 1);
    REQUIRE(it.asked == std::set<std::string>{id.hex()});
  }
  it.asked.clear();
  for (int i = 0; i < 400; ++i) it.look(0.01);  // 21 rows each
  CHECK(it.asked.size() > it.all.size() / 2);   // and chance does not keep to a few
}

TEST_CASE(
    "a run that changed nothing looks at few rows, whatever the store's size, unless told a share",
    "[sample]") {
  Sampled it(700);
  Counts quiet;
  quiet.unchanged = quiet.verified = 700;
  CHECK(it.look(0.01).checked == 21);
  const Portion few = portion_of(quiet, std::nullopt);
  CHECK(it.look(few.share, few.most).checked == 16);
  it.asked.clear();  // and comes by all of them in time
  for (int i = 0; i < 800; ++i) it.look(few.share, few.most);
  CHECK(it.asked.size() > it.all.size() * 9 / 10);
  CHECK(portion_of(quiet, 1).most == most_sampled);
  for (auto count : {&Counts::refreshed, &Counts::removed, &Counts::failed, &Counts::upserts,
                     &Counts::removals}) {
    Counts busy = quiet;
    busy.*count = 1;
    CHECK(portion_of(busy, std::nullopt).most == most_sampled);
  }
}

TEST_CASE("a share of 1 is every row but those that are on their way", "[sample]") {
  Sampled it(50);
  CHECK(it.look(1).checked == 150);
  CHECK(it.asked.size() == 150);
  const auto changed = tests::document("u:7", {"a", "another", "c"});
  const auto diff = tests::put(*it.repository, changed);
  CHECK(diff.added.size() == 1);
  it.asked.clear();
  const Looked looked = it.look(1);
  CHECK(looked.checked == it.asked.size());
  const auto pending = it.repository->read()->deliveries(0, 100);
  REQUIRE(pending);
  CHECK_FALSE(pending->empty());
  for (const repository::Delivery& row : *pending) CHECK_FALSE(it.asked.contains(row.chunk.hex()));
}

}  // namespace freshet::sync
