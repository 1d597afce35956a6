// core/lmdb/environment.hpp - one LMDB environment: a file of records, known by their bytes alone.
//
// Order of opening: the file is judged by its header, LMDB maps it, and unless it is known to be as
// we left it (its seal, seal.hpp) every page is walked (pages.hpp) before LMDB may follow one. An
// error of a commit makes the environment suspect: no more writes until it has been closed, opened
// and walked again, which happens by itself as soon as nobody reads. Any thread may call.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/lmdb/databases.hpp"
#include "core/lmdb/fork.hpp"
#include "core/lmdb/options.hpp"
#include "core/lmdb/seal.hpp"
#include "core/ports/clock.hpp"

struct MDB_env;

namespace freshet::lmdb {

inline constexpr unsigned most_readers = 512;  // snapshots at once, over all processes

struct Header;
struct Meta;

// A transaction that is aborted where it is left without an end.
struct AbortTransaction {
  void operator()(MDB_txn* txn) const;
};
using OwnedTransaction = std::unique_ptr<MDB_txn, AbortTransaction>;

// Maps an LMDB or errno code; `what` was tried, on `subject`.
base::Error lmdb_error(int code, const char* what, const std::string& subject);

class Environment {
 public:
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  const std::string& directory() const { return directory_; }
  bool writable() const { return writable_; }
  const ports::Clock& clock() const { return clock_; }
  bool forked() const { return generation_ != fork_generation(); }
  base::Status alive() const;  // misuse after fork
  unsigned database(Db db) const { return databases_[static_cast<std::size_t>(db)]; }

  // A snapshot; give it back with end_read().
  base::Result<MDB_txn*> begin_read();
  void end_read(MDB_txn* txn);

  // For the writer thread.
  base::Result<MDB_txn*> begin_write();
  base::Result<MDB_txn*> begin_nested(MDB_txn* parent);
  base::Status commit_nested(MDB_txn* txn);
  base::Status commit(MDB_txn* txn);  // ends it, also where it fails or throws
  void abort(MDB_txn* txn);
  void abort_nested(MDB_txn* txn);

  // The number of the last commit of any process that a reader sees; reads memory alone. 0 in a forked child, and
  // where no reader can be had.
  std::uint64_t last_commit();

  // Reads every page of a snapshot, and of each value its seal.
  base::Status verify(const base::Cancel& cancel = {});
  // Leaves nothing where it fails or is cancelled.
  base::Status copy(const std::string& directory, const base::Cancel& cancel) const;
  // The file as it was at one commit, front to end, every page in its own place: what was not written
  // to since an earlier one reads the same. Until it ends no page of that commit is used again.
  using TakeBytes = std::function<base::Status(std::string_view bytes)>;
  base::Status stream(const TakeBytes& take, const base::Cancel& cancel) const;

 protected:  // opened by the registry alone: never twice in a process
  Environment(std::string directory, Seal seal, bool writable, const Options& options,
              const ports::Clock& clock);
  ~Environment();
  base::Status start(bool create, const Options& options);

 private:
  base::Status judge(int file, bool& fresh);
  base::Status judge_order(const Header& header) const;
  base::Status judge_commit(int file, const Meta& meta, bool newest) const;
  base::Status judge_number(std::string_view value, std::uint64_t txnid) const;
  base::Result<std::uint32_t> judge_schema(std::string_view value) const;
  base::Status map();  // opens LMDB
  base::Status reserve_lock_file() const;
  base::Status initialise();  // a new file: databases and meta records
  base::Status admit(bool verify, const Migration& migrate);
  int open_all(MDB_txn* txn, unsigned flags);
  int put_number(MDB_txn* txn);
  base::Status open_databases();
  base::Result<std::uint32_t> check_contents();  // its schema
  base::Status bring_up_to_date(std::uint32_t found, const Migration& migrate);
  base::Status walk(MDB_txn* txn, const base::Cancel& cancel = {});
  base::Status recover();  // under mutex_
  base::Status check_length() const;
  base::Result<MDB_txn*> take_reader();
  void keep_reader(MDB_txn* txn);
  // `problem`: an errno or LMDB's, or 0. What `take` fails with comes before it.
  base::Status copy_through_pipe(unsigned flags, const TakeBytes& take, const base::Cancel& cancel,
                                 int& problem) const;
  bool panicked() const;
  int descriptor() const;
  void stamp();
  void close();

  const std::string directory_, file_;
  Seal seal_;
  const bool writable_, allow_shared_;
  const std::uint32_t generation_;
  std::uint64_t map_size_;
  const ports::Clock& clock_;
  MDB_env* env_ = nullptr;
  unsigned databases_[db_count] = {};
  mutable std::atomic<std::uint64_t> length_{
      0};  // of the file when last looked at: it never shrinks

  std::mutex mutex_;  // guards what follows
  std::vector<MDB_txn*> idle_;
  std::size_t readers_ = 0;
  bool writing_ = false;
  bool good_ = false;  // opened and found whole
  std::optional<base::Error> suspect_;
};

}  // namespace freshet::lmdb
