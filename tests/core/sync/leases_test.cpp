// One run works on a root at a time, and one delivers.
#include "core/sync/leases.hpp"

#include "tests/core/sync/fixture.hpp"

namespace freshet::sync {
namespace {

using base::Code;
using base::Digest;
using base::Millis;

Digest root_of(int number) { return base::digest_of("root " + std::to_string(number)); }

struct Runs {
  Runs() {
    auto opened = repository::Repository::open(folder / "repository", {}, clock);
    REQUIRE(opened);
    repository = *opened;
  }
  std::unique_ptr<Leases> run() {
    return std::make_unique<Leases>(*repository, clock.now(), [] {});
  }
  Claim claim(Leases& leases, int number) {
    const Digest root = root_of(number);
    const auto claims = leases.claim({&root, 1});
    REQUIRE(claims);
    return claims->front();
  }
  // What becomes of a commit of the root by this run.
  Code commit(const repository::Holder& holder, int number) {
    const base::Status status = repository->write([&](repository::Writer& writer) -> base::Status {
      return writer.require({root_of(number), holder.fence}, holder.owner);
    });
    return status ? Code::ok : status.error().code;
  }
  void pass(Millis time) { clock.now_ = clock.now_ + time; }

  tests::Folder folder;
  tests::SetClock clock;
  std::shared_ptr<repository::Repository> repository;
};

}  // namespace

TEST_CASE("a root is leased to one run, and to another when that gives it back") {
  Runs setup;
  const auto one = setup.run(), two = setup.run();
  CHECK(setup.claim(*one, 1) == Claim::mine);
  CHECK(setup.claim(*two, 1) == Claim::busy);
  CHECK(setup.claim(*two, 2) == Claim::mine);
  one->release(root_of(1));
  CHECK(setup.claim(*two, 1) == Claim::mine);
}

TEST_CASE("what a run has in work is not claimed by it again") {
  Runs setup;
  const auto run = setup.run();
  CHECK(setup.claim(*run, 1) == Claim::mine);
  CHECK(setup.claim(*run, 1) == Claim::in_work);
  run->release(root_of(1));
  CHECK(setup.claim(*run, 1) == Claim::mine);
}

TEST_CASE("roots are claimed together, each with its own answer") {
  Runs setup;
  const auto one = setup.run(), two = setup.run();
  setup.claim(*one, 1);
  setup.claim(*two, 2);
  const std::vector<Digest> roots = {root_of(1), root_of(2), root_of(3), root_of(3)};
  const auto claims = two->claim(roots);
  REQUIRE(claims);
  CHECK(*claims == std::vector<Claim>{Claim::busy, Claim::in_work, Claim::mine, Claim::in_work});
}

TEST_CASE("a refused claim leaves no mark: the root can be claimed when it is free") {
  Runs setup;
  const auto one = setup.run(), two = setup.run();
  setup.claim(*one, 1);
  CHECK(setup.claim(*two, 1) == Claim::busy);
  CHECK(setup.claim(*two, 1) == Claim::busy);  // and not in work
  CHECK(two->holder(root_of(1)).fence == 0);
}

TEST_CASE("a lease ends by itself, and the fence keeps the run that had it from committing") {
  Runs setup;
  const auto one = setup.run(), two = setup.run();
  setup.claim(*one, 1);
  const repository::Holder before = one->holder(root_of(1));
  CHECK(setup.commit(before, 1) == Code::ok);
  setup.pass(Millis(59'000));
  CHECK(setup.claim(*two, 1) == Claim::busy);
  setup.pass(Millis(2'000));
  CHECK(setup.claim(*two, 1) == Claim::mine);
  CHECK(setup.commit(before, 1) == Code::busy);
  const repository::Holder now = two->holder(root_of(1));
  CHECK(now.fence > before.fence);
  CHECK(setup.commit(now, 1) == Code::ok);
}

TEST_CASE("a run that has ended holds nothing") {
  Runs setup;
  {
    const auto one = setup.run();
    setup.claim(*one, 1);
    setup.claim(*one, 2);
  }
  const auto two = setup.run();
  CHECK(setup.claim(*two, 1) == Claim::mine);
  CHECK(setup.claim(*two, 2) == Claim::mine);
}

TEST_CASE("a run that gave a root back holds no fence for it") {
  Runs setup;
  const auto run = setup.run();
  setup.claim(*run, 1);
  const repository::Holder holder = run->holder(root_of(1));
  CHECK(holder.fence != 0);
  run->release(root_of(1));
  CHECK(run->holder(root_of(1)).fence == 0);
  CHECK(setup.commit(holder, 1) == Code::busy);
}

TEST_CASE("one run delivers, for as long as its lease lasts by the clock that nobody sets") {
  Runs setup;
  const auto one = setup.run(), two = setup.run();
  CHECK_FALSE(one->delivers());
  CHECK(*one->claim_delivery());
  CHECK(one->delivers());
  CHECK_FALSE(*two->claim_delivery());
  CHECK_FALSE(two->delivers());
  setup.pass(Millis(59'999));
  CHECK(one->delivers());
  setup.pass(Millis(1));
  CHECK_FALSE(one->delivers());  // though nobody has taken over yet
  setup.pass(Millis(1'000));
  CHECK(*two->claim_delivery());
  CHECK(two->delivers());
  CHECK(two->delivery().fence > one->delivery().fence);
  const auto require = [&](const Leases& run) {
    return setup.repository->write(
        [&](repository::Writer& writer) { return run.require_delivery(writer); });
  };
  CHECK(require(*two));
  CHECK(require(*one).error().code == Code::busy);
}

TEST_CASE("a delivery that was given back is another's at once") {
  Runs setup;
  const auto one = setup.run(), two = setup.run();
  CHECK(*one->claim_delivery());
  one->release_delivery();
  CHECK_FALSE(one->delivers());
  CHECK(*two->claim_delivery());
}

// The time of a commit is that at which it was handed to the writer; it may lie before the beginning of a
// run that looked before it was there.
TEST_CASE("what another run has committed since somebody looked is done, whatever time it bears") {
  Runs setup;
  const base::Instant written = setup.clock.now();
  tests::put(*setup.repository, tests::document("page", {"A text."}));
  setup.pass(Millis(1'000));
  const auto late = setup.run();
  const Digest root = model::root_id("page");
  const base::Instant never = base::unset;
  CHECK(late->claim({&root, 1}, {&never, 1})->front() == Claim::done);
  CHECK(late->claim({&root, 1}, {&written, 1})->front() == Claim::mine);
}

}  // namespace freshet::sync
