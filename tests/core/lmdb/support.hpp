// tests/core/lmdb/support.hpp - directories, files and child processes for tests of what is on a disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/lmdb/format.hpp"
#include "tests/support/catch.hpp"

struct MDB_env;
struct MDB_txn;

namespace freshet::lmdb::test {

// A directory that is gone afterwards.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A commit to a data file without the library, which nobody may have open: as an older program, or a
// fault, would make it.
class RawCommit {
 public:
  explicit RawCommit(const std::string& directory);
  void put(Db db, std::string_view key, Encoder& value);
  void drop(Db db);  // the whole database
  std::string get(Db db, std::string_view key);
  void commit();

 private:
  unsigned database(Db db);
  MDB_env* env_ = nullptr;
  MDB_txn* txn_ = nullptr;
};

std::string slurp(const std::string& path);
void spill(const std::string& path, const std::string& bytes);
// Flips nothing: the bytes of `with` at `offset`, the way another program would write them.
void overwrite(const std::string& path, std::uint64_t offset, const std::string& with);
// Runs `body` in a child process; its exit code, or 1000 + the signal that ended it.
int in_child(const std::function<int()>& body);

}  // namespace freshet::lmdb::test
