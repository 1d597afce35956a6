#include <fcntl.h>
#include <fmt/format.h>
#include <lmdb.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <thread>

#include "core/lmdb/registry.hpp"
#include "tests/core/repository/support.hpp"

namespace freshet::repository::test {
namespace {

base::Error refusal_of(const std::string& directory, const OpenOptions& with = options()) {
  const auto opened = Repository::open(directory, with);
  REQUIRE_FALSE(opened);
  return opened.error();
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

// Writes `value` under `key` of the database `name`, as any LMDB program could.
void write_raw(const std::string& directory, const char* name, std::string key, std::string value) {
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;
  REQUIRE(mdb_env_create(&env) == 0);
  mdb_env_set_maxdbs(env, 30);
  REQUIRE(mdb_env_open(env, directory.c_str(), 0, 0600) == 0);
  REQUIRE(mdb_txn_begin(env, nullptr, 0, &txn) == 0);
  REQUIRE(mdb_dbi_open(txn, name, MDB_CREATE, &dbi) == 0);
  MDB_val k{key.size(), key.data()}, v{value.size(), value.data()};
  REQUIRE(mdb_put(txn, dbi, &k, &v, 0) == 0);
  REQUIRE(mdb_txn_commit(txn) == 0);
  mdb_env_close(env);
}

}  // namespace

TEST_CASE("a new repository is private to its user") {
  TempDir dir;
  const auto repository = open(dir / "a/b/r");
  CHECK(mode_of(dir / "a/b/r") == 0700);
  CHECK(mode_of(dir / "a/b/r/data.mdb") == 0600);
  CHECK(mode_of(dir / "a/b/r/lock.mdb") == 0600);
  CHECK(mode_of(dir / "a/b/r/freshet.seal") == 0600);
}

TEST_CASE("what is not there is not found, and not made by looking") {
  TempDir dir;
  OpenOptions look = options();
  look.read_only = true;
  CHECK(refusal_of(dir / "none", look).code == Code::not_found);
  look.read_only = false;
  look.create = false;
  CHECK(refusal_of(dir / "none", look).code == Code::not_found);
  CHECK_FALSE(std::filesystem::exists(dir / "none"));
  std::filesystem::create_directory(dir / "empty");
  look.read_only = true;
  CHECK(refusal_of(dir / "empty", look).code == Code::not_found);
  CHECK(std::filesystem::is_empty(dir / "empty"));
  open(dir / "r");
  look.name_space = "missing";
  CHECK(refusal_of(dir / "r", look).code == Code::not_found);
}

TEST_CASE("names of namespaces and directories are judged") {
  TempDir dir;
  OpenOptions with = options();
  for (const std::string& name :
       {std::string("a b"), std::string("a/b"), std::string("a~1"), std::string(129, 'x')}) {
    with.name_space = name;
    CHECK(refusal_of(dir / "r", with).code == Code::invalid_argument);
  }
  CHECK(refusal_of("").code == Code::invalid_argument);
  spill(dir / "file", "x");
  CHECK(refusal_of(dir / "file").code == Code::invalid_argument);
}

TEST_CASE("a repository without a namespace holds nothing, takes nothing, and makes none") {
  TempDir dir;
  put(*open(dir / "r"), make("u:a", {{"1", "a"}}));
  OpenOptions with = options();
  with.name_space = "";
  const auto none = open(dir / "r", with);
  CHECK(read(*none).info()->roots == 0);
  CHECK(read(*none).list_roots({}, 10)->empty());
  CHECK(read(*none).name_spaces()->size() == 1);
  const Status written = none->write([](Writer& writer) { return writer.put_run("{}"); });
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Code::misuse);
}

TEST_CASE("a directory opened twice, or by a symbolic link, is one environment") {
  TempDir dir;
  const auto first = open(dir / "r");
  std::filesystem::create_directory_symlink(dir / "r", dir / "link");
  const auto second = open(dir / "link"), third = open(dir / "r/../r");
  put(*first, make("u:a", {{"1", "a"}}));
  CHECK(read(*second).document("u:a")->has_value());
  put(*third, make("u:b", {{"1", "b"}}));
  CHECK(read(*first).info()->documents == 2);
  auto environment = lmdb::SharedEnvironment::open(dir / "link", options());
  auto same = lmdb::SharedEnvironment::open(dir / "r", options());
  REQUIRE((environment && same));
  CHECK(environment->get() == same->get());
}

TEST_CASE("opening and closing at once from many threads is safe") {
  TempDir dir;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const auto opened = Repository::open(dir / "r", options());
        if (!opened) std::abort();
        const std::string uri = "u:" + std::to_string(t) + "." + std::to_string(i);
        if (!(*opened)->write([&](Writer& writer) {
              Failure failure;
              failure.uri = uri;
              return writer.fail(failure);
            }))
          std::abort();
      }
    });
  for (std::thread& thread : threads) thread.join();
  const auto repository = open(dir / "r");
  CHECK(read(*repository).info()->roots == 40);
  check(*repository);
}

TEST_CASE("the last owner may be a callback on the writer thread") {
  TempDir dir;
  auto repository = open(dir / "r");
  std::promise<void> done;
  Repository* const plain = repository.get();
  plain->write_later(
      [](Writer& writer) { return writer.put_run("x"); },
      [held = std::make_shared<std::shared_ptr<Repository>>(std::move(repository)), &done](Status) {
        held->reset();
        done.set_value();
      });
  done.get_future().wait();
  const auto again = open(dir / "r");
  CHECK(read(*again).runs(10)->size() == 1);
}

TEST_CASE("a snapshot keeps what it saw, whatever is written or closed meanwhile") {
  TempDir dir;
  auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "old"}}));
  const Snapshot before = read(*repository);
  put(*repository, make("u:a", {{"1", "new"}}));
  const Snapshot after = read(*repository);
  repository.reset();
  CHECK((*before.document("u:a"))->children[0].text == "old");
  CHECK((*after.document("u:a"))->children[0].text == "new");
}

TEST_CASE("an open for reading alone does not write") {
  TempDir dir;
  put(*open(dir / "r"), make("u:a", {{"1", "a"}}));
  OpenOptions look = options();
  look.read_only = true;
  const auto repository = open(dir / "r", look);
  CHECK(read(*repository).document("u:a")->has_value());
  const Status status = repository->write([](Writer& writer) { return writer.put_run("x"); });
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Code::misuse);
  check(*repository);
}

TEST_CASE("a directory that cannot be written to can be read") {
  TempDir dir;
  put(*open(dir / "r"), make("u:a", {{"1", "a"}}));
  std::filesystem::create_directory(dir / "ro");
  if (mount((dir / "r").c_str(), (dir / "ro").c_str(), nullptr, MS_BIND, nullptr) != 0) {
    WARN("not run: needs the right to mount");
    return;
  }
  REQUIRE(mount(nullptr, (dir / "ro").c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY,
                nullptr) == 0);
  {
    CHECK(refusal_of(dir / "ro").code == Code::denied);
    OpenOptions look = options();
    look.read_only = true;
    const auto repository = open(dir / "ro", look);
    CHECK(read(*repository).document("u:a")->has_value());
    check(*repository);
  }
  CHECK(umount((dir / "ro").c_str()) == 0);
}

TEST_CASE("a repository of a newer schema is refused by its number") {
  TempDir dir;
  open(dir / "r");
  Encoder front;
  front.number(lmdb::schema + 1).number(std::uint64_t{1} << 30).number(std::int64_t{0}).digest({});
  write_raw(dir / "r", "meta", "schema", std::string(front.seal(Db::meta, "schema")));
  const base::Error error = refusal_of(dir / "r");
  CHECK(error.code == Code::version);
  CHECK(error.message == fmt::format("made by a newer freshet (schema {}; this one knows {})",
                                     lmdb::schema + 1, lmdb::schema));
}

TEST_CASE("an LMDB file of another program is refused and left alone") {
  TempDir dir;
  std::filesystem::create_directory(dir / "r");
  write_raw(dir / "r", "things", "key", "value");
  const std::string before = slurp(dir / "r/data.mdb");
  const base::Error error = refusal_of(dir / "r");
  CHECK(error.code == Code::version);
  CHECK(error.message == "not a freshet repository");
  CHECK(slurp(dir / "r/data.mdb") == before);
}

TEST_CASE("a file that is no LMDB file is refused") {
  TempDir dir;
  std::filesystem::create_directory(dir / "r");
  for (const std::string& bytes : {std::string("x"), std::string(100, 'x'),
                                   std::string(100'000, '\0'), std::string(8191, '\xff')}) {
    spill(dir / "r/data.mdb", bytes);
    CHECK(refusal_of(dir / "r").code == Code::corrupt);
    CHECK(slurp(dir / "r/data.mdb") == bytes);
  }
  spill(dir / "r/data.mdb", "");  // cut off before anything was written: begun anew
  open(dir / "r");
}

TEST_CASE("headers of other machines and formats are named") {
  TempDir dir;
  open(dir / "r");
  const std::string good = slurp(dir / "r/data.mdb");
  const auto with = [&](std::size_t at, char byte) {
    std::string bytes = good;
    bytes[at] = byte;
    spill(dir / "r/data.mdb", bytes);
    return refusal_of(dir / "r").code;
  };
  CHECK(with(20, 2) == Code::version);  // LMDB's format number
  CHECK(with(4096 + 20, 9) == Code::version);
  CHECK(with(16 + 24 + 1, 0x20) == Code::version);  // pages of 8 KiB
  CHECK(with(16, 0) == Code::corrupt);              // magic
}

TEST_CASE("the map size is that of the creation") {
  TempDir dir;
  open(dir / "r", options(8u << 20));
  const auto repository = open(dir / "r", options(std::uint64_t{1} << 30));
  const std::string text(1u << 20, 'x');
  Status status;
  int stored = 0;
  for (; stored < 100 && status; ++stored)
    status = repository->write([&](Writer& writer) -> Status {
      FRESHET_TRY(
          writer.put_document(write_of(make("u:" + std::to_string(stored), {{"1", text}}))));
      return {};
    });
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Code::full);
  CHECK(stored < 8);
}

#ifndef __SANITIZE_THREAD__
TEST_CASE("after a fork the child is told, and the parent goes on") {
  TempDir dir;
  const auto repository = open(dir / "r");
  put(*repository, make("u:a", {{"1", "a"}}));
  auto snapshot = std::make_unique<Snapshot>(read(*repository));
  const int result = in_child([&] {
    const auto opened = repository->read();
    if (opened || opened.error().code != Code::misuse) return 1;
    const Status written = repository->write([](Writer&) { return Status{}; });
    if (written || written.error().code != Code::misuse) return 2;
    const auto root = snapshot->root(model::root_id("u:a"));
    if (root || root.error().code != Code::misuse) return 3;
    if (repository->check()) return 4;
    snapshot.reset();
    const auto own = Repository::open(dir / "r", options());  // one of its own is allowed
    if (!own || !(*own)->write([](Writer& writer) { return writer.put_run("child"); })) return 5;
    return 0;
  });
  CHECK(result == 0);
  CHECK(snapshot->root(model::root_id("u:a"))->has_value());
  snapshot.reset();
  put(*repository, make("u:b", {{"1", "b"}}));
  CHECK(read(*repository).runs(10)->size() == 1);
  check(*repository);
}
#endif

TEST_CASE("more snapshots than there are places are refused, not waited for") {
  TempDir dir;
  const auto repository = open(dir / "r");
  std::vector<Snapshot> held;
  for (;;) {
    auto snapshot = repository->read();
    if (!snapshot) {
      CHECK(snapshot.error().code == Code::busy);
      break;
    }
    held.push_back(*std::move(snapshot));
    REQUIRE(held.size() <= 512);
  }
  CHECK(held.size() == 512);
  held.pop_back();
  CHECK(repository->read());
}

TEST_CASE("a check and a backup are stopped at any look, and leave nothing behind") {
  TempDir dir;
  const auto repository = open(dir / "r");
  for (int i = 0; i < 30; ++i)
    put(*repository, make("u:" + std::to_string(i), {{"1", std::string(20'000, 'x')}}));
  const std::string file = dir / "copy/data.mdb";
  const auto stopped_at = [&](const std::function<bool()>& so) {
    const Status stopped = repository->backup(dir / "copy", base::Cancel(so));
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().code == Code::cancelled);
    CHECK_FALSE(std::filesystem::exists(file));
  };
  stopped_at([] { return true; });
  stopped_at([&] { return std::filesystem::exists(file); });  // as soon as it is made
  stopped_at([&] { return std::filesystem::exists(file) && std::filesystem::file_size(file) > 0; });
  for (const int at : {0, 20, 100}) {
    int looks = 0;
    const auto checked = repository->check(base::Cancel([&] { return looks++ == at; }));
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == Code::cancelled);
  }
  CHECK(repository->backup(dir / "copy"));
  check(*open(dir / "copy"));
}

// With SIGPIPE as it is by default, which would end this program.
TEST_CASE("the bytes of a repository are of one commit, and whoever takes them may stop") {
  TempDir dir;
  const auto repository = open(dir / "r");
  for (int i = 0; i < 60; ++i)
    put(*repository, make("u:" + std::to_string(i), {{"1", std::string(20'000, 'x')}}));
  std::string first, second;
  REQUIRE(repository->stream([&](std::string_view bytes) -> Status {
    if (first.empty()) put(*repository, make("u:meanwhile", {{"1", "x"}}));
    first += bytes;
    return {};
  }));
  const auto keep = [&](std::string_view bytes) -> Status {
    second += bytes;
    return {};
  };
  REQUIRE(repository->stream(keep));
  CHECK(second != first);
  std::size_t same = 0;  // a page that was not written to lies where it was
  for (std::size_t at = 0; at + 4096 <= std::min(first.size(), second.size()); at += 4096)
    same += first.compare(at, 4096, second, at, 4096) == 0;
  CHECK(same > first.size() / 4096 / 2);

  const Status refused = repository->stream(
      [](std::string_view) -> Status { return base::fail(Code::full, "no more", "here"); });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::full);
  bool some = false;
  const Status stopped = repository->stream(
      [&](std::string_view) -> Status {
        some = true;
        return {};
      },
      base::Cancel([&] { return some; }));
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == Code::cancelled);

  std::filesystem::create_directory(dir / "copy");
  std::filesystem::permissions(dir / "copy", std::filesystem::perms::owner_all);
  std::ofstream(dir / "copy/data.mdb", std::ios::binary) << first;
  std::filesystem::permissions(dir / "copy/data.mdb", std::filesystem::perms::owner_read |
                                                          std::filesystem::perms::owner_write);
  const auto copy = open(dir / "copy");
  check(*copy);
  CHECK(read(*copy).info()->documents == 60);
}

TEST_CASE("a backup is a repository of its own") {
  TempDir dir;
  const auto repository = open(dir / "r");
  for (int i = 0; i < 30; ++i)
    put(*repository, make("u:" + std::to_string(i), {{"1", std::string(5000, 'x')}}));
  REQUIRE(repository->backup(dir / "copy"));
  CHECK(mode_of(dir / "copy") == 0700);
  CHECK(mode_of(dir / "copy/data.mdb") == 0600);
  const Status again = repository->backup(dir / "copy");
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::invalid_argument);
  const auto copy = open(dir / "copy");
  check(*copy);
  CHECK(read(*copy).info()->documents == 30);
  put(*copy, make("u:new", {{"1", "x"}}));
  CHECK(read(*repository).info()->documents == 30);
  std::filesystem::create_directory(dir / "empty");
  CHECK(repository->backup(dir / "empty"));
}

}  // namespace freshet::repository::test
