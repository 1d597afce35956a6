#include "core/service/facts.hpp"

#include "tests/core/sync/fixture.hpp"

namespace freshet::service {
namespace {

using namespace std::chrono_literals;
using repository::Writer;

constexpr Instant noon{1'700'000'000'000};

class TestClock : public ports::Clock {
 public:
  Instant now() const override { return now_; }
  Millis monotonic() const override { return Millis(now_.ms); }
  Instant now_ = noon;
};

// A repository with one source, and roots of it that are due when a test says.
class Known {
 public:
  Known() {
    auto opened = repository::Repository::open(folder_ / "r", {}, clock);
    REQUIRE(opened);
    repository_ = *opened;
    source_.name = "docs";
    source_.id = base::digest_of("docs");
    source_.config = base::digest_of("config");
    repository::Source record;
    record.id = source_.id;
    record.name = "docs";
    record.config = source_.config;
    record.generation = 1;
    record.listed = noon;
    write([&](Writer& writer) { return writer.put_source(record); });
  }
  void write(const std::function<base::Status(Writer&)>& work) {
    const base::Status written = repository_->write(work);
    INFO((written ? "" : base::to_string(written.error())));
    REQUIRE(written);
  }
  // Stored now, and to be asked about at `at`.
  void store(const std::string& uri, Instant at) {
    const model::Document document = tests::document(uri, {"A text of " + uri});
    const std::vector<model::Chunk> chunks = tests::chunks_of(document);
    write([&](Writer& writer) -> base::Status {
      repository::DocumentWrite what;
      what.document = &document;
      what.chunks = &chunks;
      what.content_digest = model::content_digest(document);
      what.now = clock.now();
      what.ask_again = repository::fixed(at);
      FRESHET_TRY(writer.put_document(what).map([](auto&&) {}));
      const std::vector<base::Digest> roots{model::root_id(uri)};
      return writer.see(source_.id, 1, roots).map([](auto&&) {});
    });
  }
  Facts find(FactFinder& finder) {
    const auto snapshot = repository_->read();
    REQUIRE(snapshot);
    const auto facts = finder.find(*snapshot, clock.now());
    REQUIRE(facts);
    return *facts;
  }
  FactFinder finder() const { return FactFinder(source_); }
  std::uint64_t last_commit() const { return repository_->last_commit(); }
  const sync::NamedSource& source() const { return source_; }

  TestClock clock;

 private:
  tests::Folder folder_;
  std::shared_ptr<repository::Repository> repository_;
  sync::NamedSource source_;
};

}  // namespace

TEST_CASE("the next due root of a source is the front of its index", "[facts]") {
  Known known;
  FactFinder finder = known.finder();
  CHECK(known.find(finder).due == base::never);
  known.store("u:a", noon + 2h);
  known.store("u:b", noon + 1h);
  CHECK(known.find(finder).due == noon + 1h);
  CHECK(known.find(finder).listed == noon);
  known.clock.now_ = noon + 90min;
  CHECK(known.find(finder).due == noon + 1h);
  finder.taken(noon + 90min);
  CHECK(known.find(finder).due == noon + 2h);
}

TEST_CASE("a root that is always due waits, until something new makes it due", "[facts]") {
  Known known;
  FactFinder finder = known.finder();
  for (int i = 0; i < 600; ++i) known.store("u:" + std::to_string(i), noon);
  known.clock.now_ = noon + 1min;
  CHECK(known.find(finder).due == base::never);
  known.write([](Writer& writer) { return writer.put_trigger("u:300", "asked"); });
  CHECK(known.find(finder).due == noon + 1min);
  // One that came while its root was in work: the commit left the root due, and the trigger.
  known.clock.now_ = noon + 2min;
  known.store("u:300", known.clock.now());
  FactFinder other = known.finder();
  CHECK(known.find(other).due == noon + 2min);
  known.write([](Writer& writer) -> base::Status {
    FRESHET_ASSIGN(const auto trigger, writer.read().trigger(model::root_id("u:300")));
    return writer.spend_trigger(model::root_id("u:300"), trigger->number);
  });
  CHECK(known.find(other).due == base::never);
}

TEST_CASE("a clock that is put back brings nothing out of sight", "[facts][clock]") {
  Known known;
  FactFinder finder = known.finder();
  known.clock.now_ = noon + 48h;
  known.store("u:a", noon + 49h);
  finder.taken(noon + 48h);
  CHECK(known.find(finder).listed == noon);
  known.clock.now_ = noon + 1h;
  known.write([](Writer& writer) { return writer.put_trigger("u:a", "asked"); });
  CHECK(known.find(finder).due == noon + 1h);
}

TEST_CASE("a listing of another configuration, or of a clock that was ahead, is none", "[facts]") {
  Known known;
  sync::NamedSource changed = known.source();
  changed.config = base::digest_of("another");
  FactFinder finder(changed);
  CHECK(known.find(finder).listed == base::unset);
  FactFinder same = known.finder();
  CHECK(known.find(same).listed == noon);
  known.clock.now_ = noon + -240h;
  CHECK(known.find(same).listed == base::unset);
}

TEST_CASE("every commit has another number", "[facts]") {
  Known known;
  const std::uint64_t before = known.last_commit();
  CHECK(known.last_commit() == before);
  known.store("u:a", noon);
  CHECK(known.last_commit() != before);
}

}  // namespace freshet::service
