#include "tests/core/lmdb/support.hpp"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace freshet::lmdb::test {

TempDir::TempDir() {
  // In memory where possible: nothing here depends on a disk, and thousands of syncs do not help.
  const char* base = std::getenv("TMPDIR");
  if (base == nullptr) base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  std::string pattern = std::string(base) + "/freshet-test-XXXXXX";
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

RawCommit::RawCommit(const std::string& directory) {
  REQUIRE(mdb_env_create(&env_) == 0);
  mdb_env_set_maxdbs(env_, 30);
  REQUIRE(mdb_env_open(env_, directory.c_str(), 0, 0600) == 0);
  REQUIRE(mdb_txn_begin(env_, nullptr, 0, &txn_) == 0);
}

void RawCommit::put(Db db, std::string_view key, Encoder& value) {
  const std::string_view bytes = value.seal(db, key);
  MDB_val k{key.size(), const_cast<char*>(key.data())},
      v{bytes.size(), const_cast<char*>(bytes.data())};
  REQUIRE(mdb_put(txn_, database(db), &k, &v, 0) == 0);
}

void RawCommit::drop(Db db) { REQUIRE(mdb_drop(txn_, database(db), 1) == 0); }

std::string RawCommit::get(Db db, std::string_view key) {
  MDB_val k{key.size(), const_cast<char*>(key.data())}, v{};
  REQUIRE(mdb_get(txn_, database(db), &k, &v) == 0);
  return {static_cast<const char*>(v.mv_data), v.mv_size};
}

void RawCommit::commit() {
  Encoder number;
  number.number(static_cast<std::uint64_t>(mdb_txn_id(txn_)));
  put(Db::meta, "commit", number);
  REQUIRE(mdb_txn_commit(txn_) == 0);
  mdb_env_close(env_);
}

unsigned RawCommit::database(Db db) {
  MDB_dbi dbi = 0;
  REQUIRE(mdb_dbi_open(txn_, db_name(db), 0, &dbi) == 0);
  return dbi;
}

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void spill(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
}

void overwrite(const std::string& path, std::uint64_t offset, const std::string& with) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  CHECK(pwrite(file, with.data(), with.size(), static_cast<off_t>(offset)) ==
        static_cast<ssize_t>(with.size()));
  ::close(file);
}

int in_child(const std::function<int()>& body) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(body());
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace freshet::lmdb::test
