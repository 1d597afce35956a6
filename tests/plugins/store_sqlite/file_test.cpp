// The file itself: foreign, damaged, shared, full, and killed in the middle.
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/plugins/store_sqlite/support.hpp"

namespace base = freshet::base;
namespace ports = freshet::ports;
namespace fs = std::filesystem;
using base::Code;
using freshet::testing::id_of;
using freshet::testing::Row;
using freshet::testing::row;
using freshet::testing::StoreFixture;

namespace {

std::vector<Row> batch_of(int batch, int size = 50) {
  std::vector<Row> rows;
  for (int i = 0; i < size; ++i) {
    const std::string name = "batch " + std::to_string(batch) + " row " + std::to_string(i);
    rows.push_back(row(name, name + " " + std::string(400, 'x')));
  }
  return rows;
}

// Everything that ought to agree does: rows and words, and the pages below them.
void check_consistent(const std::string& path) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  const auto text = [&](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) == SQLITE_OK);
    std::string result;
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0) != nullptr)
      result = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return result;
  };
  CHECK(text("PRAGMA integrity_check") == "ok");
  CHECK(sqlite3_exec(db, "INSERT INTO words_1(words_1, rank) VALUES('integrity-check', 1)", nullptr,
                     nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

void run_sql(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

// Until format 2 each vector was floats in a row of its own.
std::vector<std::pair<std::string, std::vector<float>>> vectors_before(const std::string& path) {
  std::vector<std::pair<std::string, std::vector<float>>> found;
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(db,
                             "SELECT lower(hex(id)), vector FROM rows_1 JOIN vectors_1 USING (n)",
                             -1, &statement, nullptr) == SQLITE_OK);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, 1));
    std::vector<float> vector(size / sizeof(float));
    std::memcpy(vector.data(), sqlite3_column_blob(statement, 1), size);
    found.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)), vector);
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return found;
}

}  // namespace

TEST_CASE_METHOD(StoreFixture, "only its user may read the file") {
  struct stat found {};
  REQUIRE(::stat(path().c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
}

TEST_CASE_METHOD(StoreFixture, "directories above the file are made") {
  CHECK(try_open(folder.file("a/b/c.sqlite")));
  CHECK(try_open("/proc/no/such/place.sqlite").error().code == Code::io);
  CHECK(try_open(folder.path()).error().code == Code::io);
  CHECK(try_open("/dev/null").error().code == Code::invalid_argument);
}

TEST_CASE_METHOD(StoreFixture, "neither the file nor what is beside it is reached through a link") {
  const std::string victim = folder.file("victim"), other = folder.file("other.sqlite");
  const std::string precious(1260, 'p');
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    for (const char* how : {"link", "dangling", "hard"}) {
      INFO(how << " in the place of " << other << suffix);
      folder.write("victim", precious);
      const std::string at = other + suffix;
      if (how == std::string("link")) fs::create_symlink(victim, at);
      if (how == std::string("dangling")) fs::create_symlink(victim + ".new", at);
      if (how == std::string("hard")) fs::create_hard_link(victim, at);
      for (const bool allow_shared : {false, true}) {
        const auto opened = try_open(other, allow_shared);
        REQUIRE_FALSE(opened);
        CHECK(opened.error().code == Code::denied);
        CHECK(base::to_string(opened.error()).find(at + ": refused: it ") != std::string::npos);
      }
      CHECK(fs::file_size(victim) == precious.size());
      CHECK_FALSE(fs::exists(victim + ".new"));
      fs::remove(at);
    }
  fs::create_directory_symlink(folder.path(), folder.file("here"));
  CHECK(try_open(folder.file("here/other.sqlite")));  // a directory may be reached through a link
}

TEST_CASE_METHOD(StoreFixture, "a file or directory of others is admitted by an option only") {
  const auto judge = [&](const char* words) {
    const auto refused = try_open(path());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::denied);
    CHECK(refused.error().message.find(words) != std::string::npos);
    CHECK(refused.error().message.find("the option allow_shared permits it") != std::string::npos);
    CHECK(try_open(path(), true));
  };
  store.reset();
  for (const mode_t mode : {0777u, 01777u, 0770u}) {
    REQUIRE(::chmod(folder.path().c_str(), mode) == 0);
    judge("others may write it (mode ");
  }
  REQUIRE(::chmod(folder.path().c_str(), 0700) == 0);
  REQUIRE(::chmod(path().c_str(), 0660) == 0);
  judge("others may write it (mode 0660)");
  REQUIRE(::chmod(path().c_str(), 0600) == 0);
  CHECK(try_open(path()));
  if (::geteuid() != 0) return;  // only root can give a file away
  REQUIRE(::chown(path().c_str(), 12345, 12345) == 0);
  judge("it belongs to user 12345");
}

TEST_CASE_METHOD(StoreFixture, "a file that is no database is refused, and stays as it is",
                 "[V10]") {
  const std::string text =
      "this is a letter to my aunt, not a database, and it is long enough to look at " +
      std::string(9000, '.');
  folder.write("letter", text);
  const auto opened = try_open(folder.file("letter"));
  CHECK(opened.error().code == Code::version);
  CHECK(opened.error().message ==
        "is not a file of freshet's and stays as it is: name another path, or move it");
  CHECK(opened.error().subject == folder.file("letter"));
  std::ifstream file(folder.file("letter"));
  CHECK(std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>()) ==
        text);
}

TEST_CASE_METHOD(StoreFixture, "the database of another program is refused and not touched") {
  const std::string other = folder.file("other.sqlite");
  run_sql(other, "CREATE TABLE letters(x); PRAGMA user_version = 3");
  const auto opened = try_open(other);
  CHECK(opened.error().code == Code::version);
  CHECK(opened.error().message == "is an SQLite file of another program");
  run_sql(other, "SELECT x FROM letters");
}

// tests/fixtures/store-1.sqlite and -2 were written by the plugins of those formats.
TEST_CASE_METHOD(
    StoreFixture,
    "a file of an older format is found by names, parts and vectors, and keeps its rows") {
  for (const char* format : {"1", "2"}) {
    INFO("format " << format);
    store.reset();
    fs::copy_file(
        freshet::testing::source_path("tests/fixtures/store-" + std::string(format) + ".sqlite"),
        path(), fs::copy_options::overwrite_existing);
    fs::permissions(path(), fs::perms(0600));
    const auto before = vectors_before(path());
    REQUIRE(before.size() == 2);
    open_again();
    CHECK(count("default") == 2);
    CHECK(texts(hits("max connections", "", "default")).find("max_connections") !=
          std::string::npos);
    CHECK(hits("连接池", "", "default")->size() == 1);
    CHECK(store->check({"default", 256, "hash-256-v1"}, true, {})->empty());
    for (const auto& [id, vector] : before) {
      const std::vector<std::string> ids = {id};
      const auto rows = *store->get("default", ids, {});
      REQUIRE(rows.size() == 1);
      REQUIRE(rows[0].vector.size() == vector.size());
      for (std::size_t i = 0; i < vector.size(); ++i)
        CHECK(std::abs(rows[0].vector[i] - vector[i]) < 1e-6f);
    }
    open_again();  // which is no upgrade any more
    CHECK(count("default") == 2);
  }
}

TEST_CASE_METHOD(StoreFixture, "words that were made in an older way are made anew") {
  REQUIRE(put({row("1", "请使用buoyctl来读取浮标。"), row("2", "no name in it")}));
  store.reset();
  run_sql(path(),
          "UPDATE rows_1 SET parts = '' WHERE n = 1; INSERT INTO words_1(words_1) "
          "VALUES('rebuild'); UPDATE namespaces SET analysis = 2");
  for (int time = 0; time < 2; ++time) {
    open_again();
    CHECK(hits("buoyctl")->size() == 1);
    CHECK(hits("name")->size() == 1);
  }
}

TEST_CASE_METHOD(StoreFixture, "a file of a newer format is refused") {
  store.reset();
  run_sql(path(),
          "PRAGMA user_version = 99; DROP TABLE namespaces;"
          "CREATE TABLE namespaces(number INTEGER, name TEXT, of_a_later_format INTEGER)");
  const auto opened = try_open(path());
  CHECK(opened.error().code == Code::version);
  CHECK(opened.error().message.find("has format 99, made by a newer freshet; this one knows 3") ==
        0);
}

TEST_CASE_METHOD(StoreFixture, "a file cut short is found when it is opened", "[V10]") {
  for (int i = 0; i < 5; ++i) REQUIRE(put(batch_of(i)));
  store.reset();
  fs::resize_file(path(), fs::file_size(path()) / 2);
  const auto opened = try_open(path());
  CHECK(opened.error().code == Code::corrupt);
  CHECK(opened.error().subject == path());
}

TEST_CASE_METHOD(StoreFixture, "damage inside is an error that names the file, never a crash",
                 "[V10]") {
  for (int i = 0; i < 5; ++i) REQUIRE(put(batch_of(i)));
  store.reset();
  const auto size = fs::file_size(path());
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    for (std::uintmax_t at = 2 * 8192; at + 8192 <= size; at += 8192) {
      file.seekp(static_cast<std::streamoff>(at));
      file.write(std::string(4096, '\xA5').data(), 4096);
    }
  }
  auto opened = try_open(path());
  if (opened) {
    store = *std::move(opened);
    const auto found = hits("batch");
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Code::corrupt);
    CHECK(found.error().subject == path());
    CHECK(put(batch_of(9)).error().code == Code::corrupt);
  } else {
    CHECK(opened.error().code == Code::corrupt);
  }
}

TEST_CASE_METHOD(StoreFixture, "a full disk is an error, and what was confirmed stays") {
  REQUIRE(put(batch_of(0)));
  store.reset();
  // A limit on file sizes behaves as a full disk does, without needing one.
  const pid_t child = ::fork();
  if (child == 0) {
    rlimit limit{};
    limit.rlim_cur = limit.rlim_max = 400'000;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);
    auto opened = try_open(path());
    if (!opened) _exit(3);
    store = *std::move(opened);
    for (int i = 1; i < 50; ++i) {
      const auto status = put(batch_of(i));
      if (status) continue;
      const bool expected = status.error().code == Code::full || status.error().code == Code::io;
      _exit(expected && confirmed.empty() ? 0 : 4);
    }
    _exit(5);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  open();
  CHECK(count() % 50 == 0);
  CHECK(count() >= 50);
  store.reset();
  check_consistent(path());
}

TEST_CASE_METHOD(StoreFixture,
                 "killed at any moment, the file is consistent and holds what was confirmed",
                 "[V10]") {
  store.reset();
  for (int round = 0; round < 8; ++round) {
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto opened = try_open(path());
      if (!opened) _exit(3);
      store = *std::move(opened);
      for (int i = 0;; ++i) {
        if (!put(batch_of(round * 1000 + i))) _exit(4);
        if (i % 3 == 2) static_cast<void>(remove({batch_of(round * 1000 + i)[0].id}));
        if (::write(pipe_ends[1], "x", 1) != 1) _exit(5);
      }
    }
    ::close(pipe_ends[1]);
    char done = 0;
    int batches = 0;
    while (batches < 2 + round && ::read(pipe_ends[0], &done, 1) == 1) ++batches;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(pipe_ends[0], &done, 1) == 1) ++batches;
    ::close(pipe_ends[0]);
    check_consistent(path());
    open();
    for (int i = 0; i < batches; ++i) {
      const auto rows = batch_of(round * 1000 + i);
      std::vector<std::string> ids;
      for (std::size_t r = i % 3 == 2 ? 1 : 0; r < rows.size(); ++r) ids.push_back(rows[r].id);
      CHECK(store->get("ns", ids, {})->size() == ids.size());
    }
    store.reset();
  }
}

TEST_CASE_METHOD(StoreFixture, "two processes write at once, and neither loses a row") {
  store.reset();
  std::vector<pid_t> children;
  for (int who = 0; who < 2; ++who) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto opened = try_open(path());
      if (!opened) _exit(3);
      store = *std::move(opened);
      for (int i = 0; i < 10; ++i)
        if (!put(batch_of(who * 100 + i)) || confirmed.size() != 50) _exit(4);
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  open();
  CHECK(count() == 1000);
  store.reset();
  check_consistent(path());
}

TEST_CASE_METHOD(StoreFixture, "two processes may make the file at the same time") {
  store.reset();
  for (int round = 0; round < 5; ++round) {
    const std::string fresh = folder.file("fresh" + std::to_string(round));
    std::vector<pid_t> children;
    for (int who = 0; who < 3; ++who) {
      const pid_t child = ::fork();
      if (child == 0) {
        auto opened = try_open(fresh);
        if (!opened) {
          std::fprintf(stderr, "%s\n", base::to_string(opened.error()).c_str());
          _exit(3);
        }
        store = *std::move(opened);
        _exit(store->ensure({"ns", 0, ""}, {}) ? 0 : 4);
      }
      children.push_back(child);
    }
    for (const pid_t child : children) {
      int status = 0;
      ::waitpid(child, &status, 0);
      CHECK(WEXITSTATUS(status) == 0);
    }
  }
}

TEST_CASE_METHOD(StoreFixture, "another process's reset is seen") {
  REQUIRE(put({row("a", "text")}));
  auto other = try_open(path());
  REQUIRE(other);
  CHECK(*(*other)->count("ns", {}) == 1);
  REQUIRE(store->reset("ns", {}));
  CHECK((*other)->count("ns", {}).error().code == Code::not_found);
  REQUIRE(store->ensure({"ns", 4, "m"}, {}));
  CHECK(*(*other)->count("ns", {}) == 0);
}

TEST_CASE_METHOD(StoreFixture, "searches go on while rows are written") {
  REQUIRE(put(batch_of(0)));
  std::atomic<bool> stop = false;
  std::atomic<int> bad = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t)
    readers.emplace_back([&] {
      while (!stop) {
        ports::Search search;
        search.text = "batch row";
        if (!store->search("ns", search, {})) ++bad;
        const auto rows = store->count("ns", {});
        if (!rows || *rows % 50 != 0) ++bad;  // never half a batch
      }
    });
  for (int i = 1; i < 20; ++i) REQUIRE(put(batch_of(i)));
  stop = true;
  for (auto& reader : readers) reader.join();
  CHECK(bad == 0);
  CHECK(count() == 1000);
}
