// What is written while the clock is ahead is noticed, and its times are settled when the clock is
// right again.
#include "core/repository/codec.hpp"
#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

constexpr std::int64_t ten_years = 10LL * 365 * 86'400'000;
const Digest root = model::root_id("u:a");

bool was_ahead(const Repository& repository) { return *read(repository).clock_was_ahead(); }

void write_something(Repository& repository) {
  put(repository, [](Writer& writer) { return writer.put_run("{}"); });
}

// A document stored, and changed, ten years ahead; then the clock is right.
std::shared_ptr<Repository> stored_ahead(const TempDir& dir, FakeClock& clock) {
  const auto repository = open(dir / "r", clock);
  const Instant later{clock.now().ms + ten_years};
  put(*repository, make("u:a", {{"1", "a"}}), later, later + Millis(1000));
  return repository;
}

}  // namespace

TEST_CASE("whatever is written while the clock is ahead is noticed, until it is settled") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  CHECK(was_ahead(*repository));  // nothing is recorded yet
  write_something(*repository);
  CHECK_FALSE(was_ahead(*repository));
  clock.wall -= 1000;  // a clock that is being kept right
  CHECK_FALSE(was_ahead(*repository));
  clock.wall -= 1000;
  CHECK(was_ahead(*repository));
  write_something(*repository);
  CHECK(was_ahead(*repository));
  put(*repository, [](Writer& writer) { return writer.distrust_listings(); });
  CHECK_FALSE(was_ahead(*repository));
  clock.wall += ten_years;
  CHECK_FALSE(was_ahead(*repository));
  write_something(*repository);
  clock.wall -= ten_years;
  CHECK(was_ahead(*open(dir / "r", clock)));
  check(*repository);
}

TEST_CASE("namespaces are noticed apart") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  write_something(*repository);
  OpenOptions with = options();
  with.name_space = "other";
  const auto other = *Repository::open(dir / "r", with, clock);
  clock.wall += ten_years;
  write_something(*other);
  clock.wall -= ten_years;
  CHECK(was_ahead(*other));
  CHECK_FALSE(was_ahead(*repository));
}

TEST_CASE("no listing stands after it, and the word of one that is under way does not count") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  Source source;
  source.id = base::digest_of("docs");
  source.generation = 7;
  source.listed = clock.now();
  put(*repository, [&](Writer& writer) { return writer.put_source(source); });
  put(*repository, [](Writer& writer) { return writer.distrust_listings(); });
  const auto stored = *read(*repository).source(source.id);
  REQUIRE(stored);
  CHECK(stored->listed == base::unset);
  CHECK(stored->generation == 8);
}

TEST_CASE("what is confirmed was not stored later") {
  TempDir dir;
  FakeClock clock;
  const auto repository = stored_ahead(dir, clock);
  const Instant now = clock.now();
  SECTION("by a touch") {
    put(*repository, [&](Writer& writer) {
      Touch touch;
      touch.root = root;
      touch.now = now;
      return writer.touch(touch);
    });
  }
  SECTION("by the same document") {
    put(*repository, make("u:a", {{"1", "a"}}), now, now + Millis(1));
  }
  const auto snapshot = read(*repository);
  const auto view = *snapshot.root(root);
  CHECK(view->checked == now);
  CHECK(view->ingested == now);
  CHECK(view->changed == now);
}

TEST_CASE("what fails is not known to have been confirmed in the future") {
  TempDir dir;
  FakeClock clock;
  const auto repository = stored_ahead(dir, clock);
  put(*repository, [&](Writer& writer) {
    Failure failure;
    failure.uri = "u:a";
    failure.now = clock.now();
    return writer.fail(failure);
  });
  const auto snapshot = read(*repository);
  CHECK((*snapshot.root(root))->checked == base::unset);
  CHECK((*snapshot.root(root))->exists());
}

}  // namespace freshet::repository::test
