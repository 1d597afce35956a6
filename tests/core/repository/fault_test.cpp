// Disks that fail: the calls LMDB makes are replaced by ones that fail when told to.
#include <errno.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>

#include "tests/core/repository/support.hpp"

namespace {

std::atomic<int> calls_left{-1};  // until the one that fails; negative: none will
std::atomic<int> failing_code{EIO};
std::atomic<bool> only_syncs{false};
std::atomic<bool> failed{false};

constexpr int killed = -1;  // as a code: the call does not fail, the process ends

bool fails(bool sync) {
  if (calls_left < 0 || (only_syncs && !sync)) return false;
  if (calls_left-- > 0) return false;
  if (failing_code == killed) kill(getpid(), SIGKILL);
  failed = true;
  errno = failing_code;
  return true;
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) ssize_t pwrite(int file, const void* bytes, size_t size,
                                                      off_t at) {
  return fails(false) ? -1 : syscall(SYS_pwrite64, file, bytes, size, at);
}
__attribute__((visibility("default"))) ssize_t pwrite64(int file, const void* bytes, size_t size,
                                                        off_t at) {
  return fails(false) ? -1 : syscall(SYS_pwrite64, file, bytes, size, at);
}
__attribute__((visibility("default"))) ssize_t writev(int file, const struct iovec* parts,
                                                      int count) {
  return fails(false) ? -1 : syscall(SYS_writev, file, parts, count);
}
__attribute__((visibility("default"))) int fdatasync(int file) {
  return fails(true) ? -1 : static_cast<int>(syscall(SYS_fdatasync, file));
}
}

namespace freshet::repository::test {
namespace {

void arm(int calls, int code, bool syncs = false) {
  failing_code = code;
  only_syncs = syncs;
  failed = false;
  calls_left = calls;
}

bool disarm() {
  calls_left = -1;
  return failed;
}

Status try_put(Repository& repository, const Made& made) {
  return repository.write([&](Writer& writer) -> Status {
    FRESHET_TRY(writer.put_document(write_of(made)));
    return {};
  });
}

// Fails the n-th call of a commit, for every n, and looks at what is left.
void fail_each_call(int code, Code expected) {
  int n = 0;
  for (bool went_wrong = true; went_wrong; ++n) {
    INFO("call " << n);
    TempDir dir;
    const auto repository = open(dir / "r");
    put(*repository, make("u:a", {{"1", "acknowledged"}}));
    arm(n, code);
    const Status status = try_put(*repository, make("u:b", {{"1", std::string(20'000, 'b')}}));
    went_wrong = disarm();
    CHECK(status.has_value() == !went_wrong);
    if (!status) CHECK(status.error().code == expected);
    // Closed, opened and walked by itself; what was acknowledged is there, what was not may be.
    CHECK((*read(*repository).document("u:a"))->children[0].text == "acknowledged");
    CHECK(try_put(*repository, make("u:c", {{"1", "after"}})));
    check(*repository);
  }
  CHECK(n > 3);
}

}  // namespace

TEST_CASE("a write that fails at any call loses nothing, and the next one works") {
  fail_each_call(EIO, Code::io);
  fail_each_call(ENOSPC, Code::full);
}

TEST_CASE("a migration that fails at any call has done nothing, and the next one works") {
  const auto [code, expected] =
      GENERATE(std::pair(EIO, Code::io), std::pair(int{ENOSPC}, Code::full));
  int n = 0;
  for (bool went_wrong = true; went_wrong; ++n) {
    INFO("call " << n << ", code " << code);
    TempDir dir;
    copy_frozen(dir / "r");
    arm(n, code);
    const auto opened = Repository::open(dir / "r", options());
    went_wrong = disarm();
    CHECK((opened || went_wrong));  // opened all the same where only the seal failed
    if (!opened) CHECK(opened.error().code == expected);
    check(*open(dir / "r"));
  }
  CHECK(n > 3);
}

TEST_CASE("a migration that a full disk ends is done when there is room") {
  TempDir dir;
  const std::string disk = dir / "small";
  std::filesystem::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=240k") != 0) {
    WARN("not run: needs the right to mount");
    return;
  }
  copy_frozen(disk + "/r");
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto refused = Repository::open(disk + "/r", options());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::full);
    CHECK(refused.error().message == "cannot be migrated from schema 1");
    CHECK(refused.error().subject == disk + "/r");
    REQUIRE(refused.error().cause);
    CHECK(refused.error().cause->message == "cannot be written: the disk is full");
  }
  CHECK(mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=3m") == 0);
  check(*open(disk + "/r"));
  CHECK(umount(disk.c_str()) == 0);
}

#ifndef __SANITIZE_THREAD__  // it does not follow threads into a forked child
TEST_CASE("a migration that is killed at any call leaves the old schema, or the new one") {
  int n = 0, old = 0;
  for (int ended = 1000 + SIGKILL; ended != 0; ++n) {
    INFO("call " << n);
    TempDir dir;
    copy_frozen(dir / "r");
    ended = in_child([&] {
      arm(n, killed);
      return Repository::open(dir / "r", options()) ? 0 : 1;
    });
    REQUIRE((ended == 0 || ended == 1000 + SIGKILL));
    OpenOptions look = options();
    look.read_only = look.verify = true;
    const auto seen = Repository::open(dir / "r", look);
    if (!seen) CHECK(seen.error().message.starts_with("made by an older freshet (schema 1;"));
    old += seen ? 0 : 1;
    check(*open(dir / "r"));
  }
  CHECK(n > 3);
  CHECK(old > 1);
}
#endif

TEST_CASE("after a failed sync nothing is written while anybody still reads") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "a"}}));
  {
    const Snapshot held = read(*repository);
    arm(0, EIO, true);
    const Status first = try_put(*repository, make("u:b", {{"1", "b"}}));
    CHECK(disarm());
    REQUIRE_FALSE(first);
    CHECK(first.error().code == Code::io);
    const Status second = try_put(*repository, make("u:c", {{"1", "c"}}));
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Code::io);
    CHECK(held.document("u:a")->has_value());
  }
  CHECK(try_put(*repository, make("u:c", {{"1", "c"}})));
  CHECK(read(*repository).document("u:a")->has_value());
  CHECK(read(*repository).document("u:c")->has_value());
  check(*repository);
}

TEST_CASE("every work of a commit that failed is told") {
  TempDir dir;
  const auto repository = open(dir / "r");
  std::atomic<int> told{0}, good{0};
  arm(0, EIO, true);
  for (int i = 0; i < 5; ++i)
    repository->write_later([i](Writer& writer) { return writer.put_run(std::to_string(i)); },
                            [&](Status status) { ++(status ? good : told); });
  while (told + good < 5) {
    (void)repository->write([](Writer&) { return Status{}; });
  }
  CHECK(disarm());
  CHECK(told > 0);
  CHECK(read(*repository).runs(10)->size() == static_cast<std::size_t>(good));
}

TEST_CASE("a full disk is an error, and all that was acknowledged is kept") {
  TempDir dir;
  std::filesystem::create_directory(dir / "small");
  if (mount("tmpfs", (dir / "small").c_str(), "tmpfs", 0, "size=3m") != 0) {
    WARN("not run: needs the right to mount");
    return;
  }
  int stored = 0;
  {
    const auto repository = open(dir / "small/r");
    Status status;
    for (; stored < 1000; ++stored) {
      status = try_put(*repository,
                       make("u:" + std::to_string(stored), {{"1", std::string(50'000, 'x')}}));
      if (!status) break;
    }
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Code::full);
    CHECK(stored > 10);
    CHECK(read(*repository).info()->documents == static_cast<std::uint64_t>(stored));
    check(*repository);
  }
  {
    const auto repository = open(dir / "small/r");
    CHECK(read(*repository).info()->documents == static_cast<std::uint64_t>(stored));
    check(*repository);
  }
  CHECK(umount((dir / "small").c_str()) == 0);
}

}  // namespace freshet::repository::test
