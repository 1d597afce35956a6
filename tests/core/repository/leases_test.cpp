#include <signal.h>
#include <unistd.h>

#include "core/lmdb/registry.hpp"
#include "core/repository/process.hpp"
#include "core/repository/transaction.hpp"
#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

const Digest leased_root = model::root_id("u:a");

Writer::Grant lease_root(Repository& repository, const Digest& owner, Instant unless_asked = {}) {
  Writer::Grant grant;
  put(repository, [&](Writer& writer) -> Status {
    FRESHET_ASSIGN(const auto grants,
                   writer.lease({&leased_root, 1}, owner, Millis(30'000), unless_asked));
    grant = grants[0];
    return {};
  });
  return grant;
}

Code put_with(Repository& repository, const Holder& holder) {
  const Made made = make("u:a", {{"1", "a"}});
  DocumentWrite write = write_of(made);
  write.holder = holder;
  const Status status = repository.write([&](Writer& writer) -> Status {
    FRESHET_TRY(writer.put_document(write));
    return {};
  });
  return status ? Code::ok : status.error().code;
}

}  // namespace

TEST_CASE("a root is leased to one run at a time, until the lease expires") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  const auto first = lease_root(*repository, run_one);
  CHECK(first.fence > 0);
  CHECK(lease_root(*repository, run_two).fence == 0);
  clock.advance(29'999);
  CHECK(lease_root(*repository, run_two).fence == 0);
  clock.advance(1);
  const auto second = lease_root(*repository, run_two);
  CHECK(second.fence > first.fence);
  CHECK(lease_root(*repository, run_one).fence == 0);
}

TEST_CASE("a wall clock that is set moves no lease") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  lease_root(*repository, run_one);
  clock.wall += 10LL * 365 * 86'400'000;
  CHECK(lease_root(*repository, run_two).fence == 0);
  clock.wall -= 20LL * 365 * 86'400'000;
  clock.ticks += 30'000;
  CHECK(lease_root(*repository, run_two).fence > 0);
}

TEST_CASE("the same run leasing again gets a new fence") {
  TempDir dir;
  const auto repository = open(dir / "r");
  const auto first = lease_root(*repository, run_one), second = lease_root(*repository, run_one);
  CHECK(second.fence > first.fence);
  CHECK(put_with(*repository, {run_one, first.fence}) == Code::busy);
  CHECK(put_with(*repository, {run_one, second.fence}) == Code::ok);
}

TEST_CASE("a commit whose lease was lost is refused, and one that held it gives it back") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  const auto first = lease_root(*repository, run_one);
  clock.advance(30'000);
  const auto second = lease_root(*repository, run_two);
  CHECK(put_with(*repository, {run_one, first.fence}) == Code::busy);
  CHECK(read(*repository).info()->documents == 0);
  CHECK(put_with(*repository, {run_two, second.fence}) == Code::ok);
  CHECK(put_with(*repository, {run_two, second.fence}) == Code::busy);
  CHECK(lease_root(*repository, run_one).fence > second.fence);
}

TEST_CASE("touch, failure and alias are refused without the lease, and give it back") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "a"}}));
  const auto each = [&](const std::function<Status(Writer&, const Holder&)>& commit) {
    const Holder wrong{run_one, 999}, right{run_one, lease_root(*repository, run_one).fence};
    const Status refused = repository->write([&](Writer& writer) { return commit(writer, wrong); });
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::busy);
    CHECK(repository->write([&](Writer& writer) { return commit(writer, right); }));
    CHECK(lease_root(*repository, run_two).fence > 0);
    put(*repository, [&](Writer& writer) {
      const Lease held{leased_root, 0};
      return writer.release({&held, 1}, run_two);
    });
    put(*repository, [&](Writer& writer) -> Status {
      FRESHET_TRY(writer.lease({&leased_root, 1}, run_two, Millis(0), {}));  // lapses at once
      return {};
    });
  };
  each([](Writer& writer, const Holder& holder) {
    Touch touch;
    touch.root = leased_root;
    touch.now = {2};
    touch.holder = holder;
    return writer.touch(touch);
  });
  each([](Writer& writer, const Holder& holder) {
    Failure failure;
    failure.uri = "u:a";
    failure.holder = holder;
    return writer.fail(failure);
  });
  each([](Writer& writer, const Holder& holder) {
    return writer.put_alias({"u:a", "u:b", "", {}, {3}, fixed({4}), holder});
  });
  each([](Writer& writer, const Holder& holder) {
    return writer.decline({"u:a", {5}, fixed({6}), holder});
  });
}

TEST_CASE("what another run has just done is not done again") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "a"}}), {5000});
  const auto done = lease_root(*repository, run_one, {5000});
  CHECK(done.done_by_other);
  CHECK(done.fence == 0);
  CHECK_FALSE(lease_root(*repository, run_one, {5001}).done_by_other);
  put(*repository, [](Writer& writer) {
    Failure failure;
    failure.uri = "u:a";
    failure.now = {6000};
    return writer.fail(failure);
  });
  CHECK(lease_root(*repository, run_one, {6000}).done_by_other);  // it has a time to be asked again
  CHECK_FALSE(lease_root(*repository, run_one, {6001}).done_by_other);
}

TEST_CASE("what was done at a time that has not come yet was not done just now") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  const Instant now = clock.now();
  put(*repository, make("u:a", {{"1", "a"}}), now + Millis(1));
  CHECK_FALSE(lease_root(*repository, run_one, now).done_by_other);
  clock.advance(1);
  CHECK(lease_root(*repository, run_one, now).done_by_other);
}

TEST_CASE("a lease that runs longer than a lease can was given by a clock that was ahead") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  const auto first = lease_root(*repository, run_one);
  clock.ticks -= 10LL * 365 * 86'400'000;
  const auto second = lease_root(*repository, run_two);
  CHECK(second.fence > first.fence);
  CHECK(put_with(*repository, {run_one, first.fence}) == Code::busy);
  CHECK(put_with(*repository, {run_two, second.fence}) == Code::ok);
}

TEST_CASE("without the id of a boot, a lease is judged by the wall clock in the same way") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  auto environment = lmdb::SharedEnvironment::open(dir / "r", options());
  REQUIRE(environment);
  const auto leave = [&](std::int64_t expiry) {
    LeaseRow row;
    row.owner = run_one;
    row.fence = 1;
    row.wall_expiry = expiry;
    MDB_txn* const txn = *(*environment)->begin_write();
    Transaction transaction(*environment, txn, {1, &clock});
    Encoder value;
    encode(value, row);
    REQUIRE(transaction.put(Db::leases, transaction.key().add(leased_root), value));
    REQUIRE((*environment)->commit(txn));
  };
  leave(clock.now().ms + 30'000);
  CHECK(lease_root(*repository, run_two).fence == 0);
  leave(clock.now().ms + 10LL * 365 * 86'400'000);
  CHECK(lease_root(*repository, run_two).fence > 0);
  leave(clock.now().ms);
  CHECK(lease_root(*repository, run_two).fence > 0);
}

TEST_CASE("leases are renewed and released by their holder alone") {
  TempDir dir;
  FakeClock clock;
  const auto repository = open(dir / "r", clock);
  const Lease held{leased_root, lease_root(*repository, run_one).fence};
  const auto renew = [&](const Digest& owner) {
    return repository->write([&](Writer& writer) {
      return writer.renew({&held, 1}, owner, Millis(30'000));
    });
  };
  clock.advance(20'000);
  CHECK(renew(run_one));
  clock.advance(20'000);
  CHECK(lease_root(*repository, run_two).fence == 0);
  CHECK(renew(run_two).error().code == Code::busy);
  put(*repository, [&](Writer& writer) { return writer.release({&held, 1}, run_two); });
  CHECK(lease_root(*repository, run_two).fence == 0);
  put(*repository, [&](Writer& writer) { return writer.release({&held, 1}, run_one); });
  CHECK(lease_root(*repository, run_two).fence > held.fence);
}

#ifndef __SANITIZE_THREAD__
TEST_CASE("a lease of a process that was killed is free at once") {
  TempDir dir;
  const int ended = in_child([&] {
    const auto opened = Repository::open(dir / "r", options());
    if (!opened) return 1;
    const Status status = (*opened)->write([&](Writer& writer) -> Status {
      FRESHET_TRY(writer.lease({&leased_root, 1}, run_one, Millis(1'000'000), {}));
      return {};
    });
    if (!status) return 2;
    kill(getpid(), SIGKILL);
    return 3;
  });
  CHECK(ended == 1000 + SIGKILL);
  const auto repository = open(dir / "r");
  CHECK(lease_root(*repository, run_two).fence > 0);
}
#endif

TEST_CASE("a process is dead only where that is certain") {
  const Process self = this_process();
  CHECK(self.started > 0);
  CHECK_FALSE(self.boot.empty());
  CHECK_FALSE(is_dead(self, self));
  Process other = self;
  other.started += 1;  // the number was given to another process
  CHECK(is_dead(other, self));
  other = self;
  other.boot = base::digest_of("another boot");
  CHECK(is_dead(other, self));
  other = self;
  other.pid = 0x3FFFFFFF;
  CHECK(is_dead(other, self));
  other.pid_namespace += 1;  // cannot be seen from here
  CHECK_FALSE(is_dead(other, self));
  other = self;
  other.boot = Digest{};
  CHECK_FALSE(is_dead(other, self));
}

}  // namespace freshet::repository::test
