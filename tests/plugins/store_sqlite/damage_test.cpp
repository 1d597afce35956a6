// What the store finds in a file that was damaged, and how the file becomes an empty one.
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/plugins/store_sqlite/support.hpp"

namespace base = freshet::base;
namespace fs = std::filesystem;
using base::Code;
using freshet::testing::id_of;
using freshet::testing::Json;
using freshet::testing::Row;
using freshet::testing::row;

namespace {

struct DamageFixture : freshet::testing::StoreFixture {
  DamageFixture() {
    REQUIRE(store->reset("ns", {}));
    REQUIRE(store->ensure({"ns", 2, "m"}, {}));
    for (int i = 0; i < 40; ++i) {
      Row each = row("row " + std::to_string(i),
                     "text number " + std::to_string(i) + " " + std::string(600, 'x'));
      each.vector = {3, static_cast<float>(i)};
      REQUIRE(put({each}));
    }
  }

  // "N" is the number of the namespace.
  void tamper(std::string sql) {
    for (std::size_t at = 0; (at = sql.find("_N")) != std::string::npos;) sql.replace(at, 2, "_2");
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path().c_str(), &database) == SQLITE_OK);
    INFO(sql);
    CHECK(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(database);
  }
  void overwrite(std::streamoff at, const std::string& bytes) {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  std::vector<std::string> findings(bool deep = true) {
    const auto found = store->check({"ns", 2, "m"}, deep, {});
    INFO((found ? "" : base::to_string(found.error())));
    REQUIRE(found);
    return *found;
  }
  base::Result<std::string> recover() {
    const auto options =
        world.plugins.complete_options(freshet::host::Kind::store, "sqlite",
                                       {{"path", path()}, {"busy_timeout", "100ms"}}, "store");
    REQUIRE(options);
    return world.plugins.recover_store("sqlite", *options);
  }
  std::string content(const std::string& file) const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
};

using Found = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(DamageFixture,
                 "a sound file has no findings, nor has a namespace that is not there") {
  CHECK(findings().empty());
  CHECK(findings(false).empty());
  CHECK(store->check({"none", 2, "m"}, true, {})->empty());
}

TEST_CASE_METHOD(DamageFixture, "what a reset mends is found and named") {
  struct Case {
    const char* sql;
    const char* finding;
  };
  for (const Case& each :
       {Case{"UPDATE namespaces SET dimension = 3",
             "the namespace is said to hold other vectors than it was made for"},
        Case{"UPDATE namespaces SET model = 'n'",
             "the namespace is said to hold other vectors than it was made for"},
        Case{"INSERT INTO words_N(words_N, rank) VALUES('rank', 'bm25(1.0)')",
             "the settings of the word index are not those it was made with"},
        Case{"UPDATE codes_N SET codes = CAST(substr(codes, 1, 16) || zeroblob(8) || substr(codes, "
             "25) AS BLOB)",
             "1 rows have no vector"},
        Case{"UPDATE codes_N SET codes = CAST(substr(codes, 1, 784) || substr(codes, 1, 8) || "
             "substr(codes, 793) AS BLOB)",
             "1 vectors belong to no row"},
        Case{"UPDATE codes_N SET codes = zeroblob(7)", "1 blocks of vectors have a wrong size"},
        Case{"UPDATE rests_N SET rests = 7", "1 blocks of vectors have a wrong size"},
        Case{"DELETE FROM rests_N", "1 blocks of vectors have a wrong size"},
        Case{"DELETE FROM codes_N", "1 blocks of vectors have only half their parts"},
        Case{"UPDATE rests_N SET rests = CAST(x'FF7F' || substr(rests, 3) AS BLOB)",
             "1 vectors are not those that were written"},
        Case{"INSERT INTO holes_N VALUES(3)", "1 places of rows are said to be free"},
        Case{"UPDATE rows_N SET text = 'other' WHERE n = 3", "the word index is damaged"}}) {
    const std::string before = (store.reset(), content(path()));
    tamper(each.sql);
    open_again();
    INFO(each.sql);
    const Found found = findings();
    CHECK(std::find(found.begin(), found.end(), each.finding) != found.end());
    store.reset();
    std::ofstream(path(), std::ios::binary) << before;
    open_again();
    CHECK(findings().empty());
  }
}

TEST_CASE_METHOD(DamageFixture, "a damaged file is damage as a whole") {
  store.reset();
  overwrite(3 * 8192, std::string(8192, '\0'));
  open_again();
  for (const bool deep : {false, true}) {
    const auto found = store->check({"ns", 2, "m"}, deep, {});
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Code::corrupt);
    CHECK(found.error().subject == path());
    CHECK(found.error().message.find("run freshet check --repair") != std::string::npos);
  }
}

TEST_CASE_METHOD(DamageFixture, "rows come back with their vectors, up to their length") {
  const std::vector<std::string> ids = {id_of("row 4")};
  const auto rows = *store->get("ns", ids, {});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].digest == "d1");
  REQUIRE(rows[0].vector.size() == 2);
  CHECK(std::abs(rows[0].vector[0] - 0.6f) < 1e-6f);
  CHECK(std::abs(rows[0].vector[1] - 0.8f) < 1e-6f);
}

TEST_CASE_METHOD(DamageFixture, "a damaged file is copied beside it and made an empty one") {
  for (const char* end : {"1", "2"}) {
    store.reset();
    overwrite(30, std::string(9000, '\x55'));
    const std::string damaged = content(path());
    CHECK(try_open(path()).error().code == Code::corrupt);
    const auto kept = recover();
    INFO((kept ? "" : base::to_string(kept.error())));
    REQUIRE(kept);
    CHECK(*kept == path() + ".damaged-" + end);
    CHECK(content(*kept) == damaged);
    struct stat found {};
    REQUIRE(::stat(kept->c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
    open_again();
    CHECK(store->count("ns", {}).error().code == Code::not_found);
    REQUIRE(store->ensure({"ns", 0, ""}, {}));
    for (int i = 0; i < 40; ++i)  // the copy of the next round needs its traces
      REQUIRE(put({row(std::to_string(i), std::string(600, 'x'))}));
  }
}

TEST_CASE_METHOD(DamageFixture,
                 "a header that is damaged is no other program's, nor a newer one's") {
  store.reset();
  const std::string before = content(path());
  for (const std::streamoff at : {60, 63, 68, 71}) {  // user_version, application_id
    std::ofstream(path(), std::ios::binary) << before;
    overwrite(at, "\x21");
    CHECK(try_open(path()).error().code == Code::corrupt);
    CHECK(recover());
    CHECK(try_open(path()));
  }
}

TEST_CASE_METHOD(DamageFixture, "what is left of a file is still known as ours") {
  store.reset();
  const std::string before = content(path());
  for (const std::string& left :
       {before.substr(0, 20), before.substr(0, 3000), std::string(9000, '\0'),
        std::string(8192, '\x55') + before.substr(8192)}) {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << left;
    CHECK(try_open(path()).error().code == Code::corrupt);
    CHECK(recover());
    CHECK(try_open(path()));
  }
}

TEST_CASE_METHOD(DamageFixture, "what others wrote is not emptied") {
  store.reset();
  for (const std::string& other : {std::string(9000, 'a'), std::string("short")}) {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << other;
    CHECK(try_open(path()).error().code == Code::version);
    CHECK(recover().error().code == Code::version);
    CHECK(content(path()) == other);
  }
  fs::remove(path());
  tamper("CREATE TABLE letters(x); INSERT INTO letters VALUES('bm25(4.0, 2.0, 1.0)')");
  const std::string other = content(path());
  CHECK(recover().error().code == Code::version);
  CHECK(content(path()) == other);
}

TEST_CASE_METHOD(DamageFixture, "who has the file open finds it empty, or keeps it busy") {
  const auto emptied = recover();
  if (!emptied) {
    CHECK(emptied.error().code == Code::busy);
    CHECK(count() == 40);
    CHECK_FALSE(fs::exists(path() + ".damaged-1"));
    return;
  }
  CHECK(store->count("ns", {}).error().code == Code::corrupt);
  auto other = try_open(path());
  REQUIRE(other);
  REQUIRE((*other)->ensure({"ns", 0, ""}, {}));
  CHECK(count() == 0);
  REQUIRE(put({row("a", "text")}));
  CHECK(*(*other)->count("ns", {}) == 1);
}

TEST_CASE_METHOD(DamageFixture, "a header that forbids to write is damage") {
  store.reset();
  overwrite(18, "\x03");
  auto opened = try_open(path());
  if (opened)
    CHECK((*opened)->ensure({"new", 0, ""}, {}).error().code == Code::corrupt);
  else
    CHECK(opened.error().code == Code::corrupt);
}

TEST_CASE_METHOD(DamageFixture, "a vector that is not finite is damage, not a score") {
  tamper("UPDATE codes_N SET codes = CAST(x'0000c07f0000c07f' || substr(codes, 9) AS BLOB)");
  const std::vector<float> query = {1, 0};
  freshet::ports::Search search;
  search.mode = freshet::ports::SearchMode::vector;
  search.vector = query;
  CHECK(store->search("ns", search, {}).error().code == Code::corrupt);
}
