#include <unistd.h>

#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

const Digest work = base::digest_of("work");
const Target first{"store", "{}", "", "", "", 0};
const Target second{"store", "{}", "hash", "{}", "model", 64};

std::uint64_t lease(Repository& repository, const Digest& owner) {
  std::uint64_t fence = 0;
  put(repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(const auto grants, writer.lease({&work, 1}, owner, Millis(60'000), {}));
    fence = grants[0].fence;
    return {};
  });
  return fence;
}

// Delivered, and nothing is pending.
Made delivered(Repository& repository) {
  put(repository, [](Writer& writer) { return writer.put_target(first); });
  const Made made = make("u:a", {{"1", "a"}, {"2", "b"}});
  put(repository, made);
  deliver_all(repository);
  return made;
}

void step(Repository& repository, Fill fill) {
  put(repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(Generation generation, writer.read().generation());
    generation.fill = fill;
    return writer.put_generation(generation);
  });
}

}  // namespace

TEST_CASE("a generation is filled while the live target stays what it was") {
  TempDir dir;
  const auto repository = open(dir / "r");
  delivered(*repository);
  CHECK(read(*repository).generation()->number == 0);
  CHECK_FALSE(read(*repository).generation()->under_way());
  put(*repository, [](Writer& writer) { return writer.begin_generation(second, Room::aside); });
  CHECK(read(*repository).generation()->number == 1);
  CHECK(read(*repository).generation()->fill == Fill::to_empty);
  CHECK((*read(*repository).target())->model.empty());
  CHECK((*read(*repository).delivery_target())->model == "model");
  CHECK(read(*repository).list_delivered({}, 10)->empty());
  CHECK(read(*repository).info()->deliveries == 3);  // two rows, and the generation itself
  check(*repository);
  for (const Fill fill : {Fill::filling, Fill::filled}) step(*repository, fill);
  deliver_all(*repository);
  CHECK(read(*repository).info()->deliveries == 1);
  step(*repository, Fill::live);
  CHECK((*read(*repository).target())->model == "model");
  CHECK(read(*repository).info()->deliveries == 0);
  check(*repository);
}

TEST_CASE("in a room of its own a generation is live at once, and numbers go on") {
  TempDir dir;
  const auto repository = open(dir / "r");
  delivered(*repository);
  for (const std::uint64_t number : {1u, 2u}) {
    put(*repository, [](Writer& writer) { return writer.begin_generation(second, Room::own); });
    CHECK(read(*repository).generation()->number == number);
    CHECK((*read(*repository).target())->model == "model");
  }
  CHECK(read(*repository).info()->deliveries == 3);
  check(*repository);
}

TEST_CASE("a lease is required under its own fence") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  const std::uint64_t fence = lease(*repository, run_one);
  const auto required = [&](std::uint64_t held, const Digest& owner) {
    return repository->write([&](Writer& writer) { return writer.require({work, held}, owner); });
  };
  CHECK(required(fence, run_one));
  CHECK(required(fence, run_two).error().code == Code::busy);
  clock.advance(60'000);
  CHECK(required(fence, run_one));  // nobody has taken it
  CHECK(lease(*repository, run_two) > fence);
  CHECK(required(fence, run_one).error().code == Code::busy);
}

TEST_CASE("fences rise above one that a store knows, and never fall") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const std::uint64_t before = lease(*repository, run_one);
  put(*repository, [](Writer& writer) { return writer.raise_fence(1000); });
  CHECK(lease(*repository, run_one) == 1001);
  put(*repository, [&](Writer& writer) { return writer.raise_fence(before); });
  CHECK(lease(*repository, run_one) > 1001);
}

TEST_CASE("what a process that is gone left in flight is sent again as it should be") {
  TempDir dir;
  Digest gone;
  {
    const auto repository = open(dir / "r");
    gone = delivered(*repository).chunks[1].id;
    put(*repository, make("u:a", {{"1", "a"}}));
    deliver_all(*repository);
  }
  const Digest kept = make("u:a", {{"1", "a"}}).chunks[0].id;
  // One process holds it and goes on; another ends.
  const auto note = [&](Repository& repository) {
    const std::uint64_t fence = lease(repository, run_one);
    const std::vector<Digest> sent{kept, gone};
    put(repository, [&](Writer& writer) { return writer.put_in_flight({work, fence}, sent); });
  };
  CHECK(in_child([&] { return note(*open(dir / "r")), 0; }) == 0);
  const auto repository = open(dir / "r");
  CHECK(*read(*repository).has_stranded());
  put(*repository, [](Writer& writer) { return writer.recover_stranded(); });
  CHECK_FALSE(*read(*repository).has_stranded());
  const auto rows = *read(*repository).deliveries(0, 10);
  REQUIRE(rows.size() == 2);
  CHECK((rows[0].chunk == kept && !rows[0].removal));
  CHECK((rows[1].chunk == gone && rows[1].removal));
  note(*repository);
  CHECK_FALSE(*read(*repository).has_stranded());  // this process is not gone
  check(*repository);
}

TEST_CASE("what a clock that was ahead noted as in flight does not stay so until its time comes") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  const std::uint64_t fence = lease(*repository, run_one);
  put(*repository, [&](Writer& writer) { return writer.put_in_flight({work, fence}, {}); });
  CHECK_FALSE(*read(*repository).has_stranded());
  clock.ticks -= 10LL * 365 * 86'400'000;
  CHECK(*read(*repository).has_stranded());
}

}  // namespace freshet::repository::test
