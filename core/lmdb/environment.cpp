#include "core/lmdb/environment.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <lmdb.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/base/descriptor.hpp"
#include "core/base/file_size_signal.hpp"
#include "core/base/instant.hpp"
#include "core/base/system_error.hpp"
#include "core/base/thread.hpp"
#include "core/lmdb/files.hpp"
#include "core/lmdb/format.hpp"
#include "core/lmdb/pages.hpp"
#include "core/lmdb/value.hpp"

namespace freshet::lmdb {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

namespace {

constexpr std::size_t most_idle = 32;

// Writes all of `bytes`. Returns an errno, or 0.
int write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(file, bytes.data(), bytes.size());
    if (done < 0 && errno != EINTR) return errno;
    if (done > 0) bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return 0;
}

// Hands on what comes out of a pipe. `problem`: an errno, or 0.
Status drain(int from, const Environment::TakeBytes& take, std::vector<char>& buffer,
             const base::Cancel& cancel, int& problem) {
  for (problem = 0;;) {
    if (cancel.requested()) problem = ECANCELED;
    if (problem != 0) return {};
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got == 0) return {};
    if (got > 0)
      FRESHET_TRY(take({buffer.data(), static_cast<std::size_t>(got)}));
    else if (errno != EINTR)
      problem = errno;
  }
}

Code code_of(int code) {
  switch (code) {
    case MDB_MAP_FULL:
      return Code::full;
    case MDB_TXN_FULL:
      return Code::limit;
    case MDB_READERS_FULL:
      return Code::busy;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
      return Code::corrupt;
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE:
      return Code::version;
    case MDB_PANIC:
      return Code::io;
    default:
      return code > 0 ? base::code_of_errno(code) : Code::internal;
  }
}

// After these a commit left nothing behind that could be built upon.
bool harmless(int code) {
  return code == MDB_MAP_FULL || code == MDB_TXN_FULL || code == MDB_BAD_TXN || code == ENOSPC ||
         code == EDQUOT || code == EFBIG || code == ENOMEM;
}

// LMDB reports a short write as an input/output error: the disk gave out, or the limit on files.
int reason_of_short_write(int file) {
  struct statvfs disk {};
  if (fstatvfs(file, &disk) == 0 && disk.f_bavail * disk.f_frsize < 1u << 20) return ENOSPC;
  rlimit limit{};
  struct stat status {};
  const bool at_limit = getrlimit(RLIMIT_FSIZE, &limit) == 0 && fstat(file, &status) == 0 &&
                        static_cast<rlim_t>(status.st_size) >= limit.rlim_cur;
  return at_limit ? EFBIG : EIO;
}

}  // namespace

Error lmdb_error(int code, const char* what, const std::string& subject) {
  const std::string words = code > 0 ? base::errno_words(code) : mdb_strerror(code);
  return {code_of(code), fmt::format("{}: {}", what, words), subject, -1, 0, nullptr};
}

void AbortTransaction::operator()(MDB_txn* txn) const { mdb_txn_abort(txn); }

Environment::Environment(std::string directory, Seal seal, bool writable, const Options& options,
                         const ports::Clock& clock)
    : directory_(std::move(directory)),
      file_(directory_ + "/data.mdb"),
      seal_(std::move(seal)),
      writable_(writable),
      allow_shared_(options.allow_shared),
      generation_(fork_generation()),
      map_size_(options.map_size),
      clock_(clock) {
  idle_.reserve(most_idle);  // giving a reader back cannot fail
}

Environment::~Environment() {
  if (forked())
    seal_.abandon();  // locks and reader slots are the parent's: touch nothing
  else
    close();
}

Status Environment::alive() const {
  if (forked())
    return base::fail(Code::misuse, "was opened before a fork; open it again", directory_);
  return {};
}

Status Environment::verify(const base::Cancel& cancel) {
  // A snapshot's header page may be rewritten by two commits before it is read; then take another.
  for (int attempt = 1;; ++attempt) {
    FRESHET_ASSIGN(MDB_txn* const txn, begin_read());
    const auto give_back = [this](MDB_txn* read) { end_read(read); };
    const std::unique_ptr<MDB_txn, decltype(give_back)> held(txn, give_back);
    Status status = walk(txn, cancel);
    if (status || status.error().code != Code::busy || attempt == 100) return status;
  }
}

Status Environment::check_length() const {
  struct stat status {};
  if (fstat(descriptor(), &status) != 0)
    return base::fail_errno(errno, "cannot be examined", file_);
  const auto now = static_cast<std::uint64_t>(status.st_size);
  std::uint64_t most = length_.load(std::memory_order_relaxed);
  // Reading beyond the end of a file that was cut under us would be a signal, not an error.
  if (now < most)
    return base::fail(Code::corrupt, fmt::format("truncated: {} bytes, {} before", now, most),
                      file_);
  while (now > most && !length_.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
  }
  return {};
}

Result<MDB_txn*> Environment::begin_read() {
  FRESHET_TRY(alive());
  const std::lock_guard lock(mutex_);
  if (suspect_ && readers_ == 0 && !writing_) FRESHET_TRY(recover());
  if (env_ == nullptr) return base::fail(*suspect_);
  FRESHET_TRY(check_length());
  FRESHET_ASSIGN(MDB_txn* const txn, take_reader());
  ++readers_;
  return txn;
}

Result<MDB_txn*> Environment::take_reader() {
  while (!idle_.empty()) {
    MDB_txn* const txn = idle_.back();
    idle_.pop_back();
    const int code = mdb_txn_renew(txn);
    if (code == 0) return txn;
    mdb_txn_abort(txn);
    if (code != MDB_BAD_RSLOT) return base::fail(lmdb_error(code, "cannot be read", directory_));
  }
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (code == MDB_READERS_FULL) {  // perhaps of processes that are no more
    int dead = 0;
    mdb_reader_check(env_, &dead);
    code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  }
  if (code == MDB_READERS_FULL)
    return base::fail(Code::busy,
                      fmt::format("{} snapshots are open, which is the most", most_readers),
                      directory_);
  if (code != 0) return base::fail(lmdb_error(code, "cannot be read", directory_));
  return txn;
}

void Environment::end_read(MDB_txn* txn) {
  if (forked()) return;  // the slot in the table of readers is the parent's
  const std::lock_guard lock(mutex_);
  --readers_;
  keep_reader(txn);
}

void Environment::keep_reader(MDB_txn* txn) {
  if (suspect_ || idle_.size() >= idle_.capacity()) return mdb_txn_abort(txn);
  mdb_txn_reset(txn);
  idle_.push_back(txn);
}

Result<MDB_txn*> Environment::begin_write() {
  FRESHET_TRY(alive());
  {
    const std::lock_guard lock(mutex_);
    if (suspect_) FRESHET_TRY(recover());
    FRESHET_TRY(check_length());
    writing_ = true;
  }
  // Not under the mutex: another process may be writing, and readers need not wait for it.
  MDB_txn* txn = nullptr;
  const int code = mdb_txn_begin(env_, nullptr, 0, &txn);
  if (code == 0) return txn;
  const std::lock_guard lock(mutex_);
  writing_ = false;
  return base::fail(lmdb_error(code, "cannot be written", directory_));
}

Result<MDB_txn*> Environment::begin_nested(MDB_txn* parent) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env_, parent, 0, &txn))
    return base::fail(lmdb_error(code, "cannot be written", directory_));
  return txn;
}

Status Environment::commit_nested(MDB_txn* txn) {
  if (const int code = mdb_txn_commit(txn))
    return base::fail(lmdb_error(code, "cannot be written", directory_));
  return {};
}

// Puts the transaction's own number beside its records.
int Environment::put_number(MDB_txn* txn) {
  try {
    Encoder body;
    body.number(static_cast<std::uint64_t>(mdb_txn_id(txn)));
    MDB_val key = value_of("commit"), value = value_of(body.seal(Db::meta, "commit"));
    return mdb_put(txn, database(Db::meta), &key, &value, 0);
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  }
}

Status Environment::commit(MDB_txn* txn) {
  int code = put_number(txn);
  if (code == 0)
    code = mdb_txn_commit(txn);
  else
    mdb_txn_abort(txn);
  const std::lock_guard lock(mutex_);
  writing_ = false;
  if (code == 0) return {};
  const bool dubious = !harmless(code) || panicked();
  if (dubious) suspect_ = base::Error{Code::io, {}, {}, -1, 0, nullptr};  // whatever comes
  const int reason = code == EIO ? reason_of_short_write(descriptor()) : code;
  Error error = lmdb_error(reason, "cannot be written", directory_);
  if (dubious) suspect_ = error;
  return base::fail(std::move(error));
}

// After a failed write of a header page LMDB refuses everything until it is opened again.
bool Environment::panicked() const {
  MDB_txn* txn = nullptr;
  const int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (code == 0) mdb_txn_abort(txn);
  return code == MDB_PANIC;
}

void Environment::abort(MDB_txn* txn) {
  mdb_txn_abort(txn);
  const std::lock_guard lock(mutex_);
  writing_ = false;
}

void Environment::abort_nested(MDB_txn* txn) { mdb_txn_abort(txn); }

Status Environment::recover() {
  const base::BlockFileSizeSignal block;
  if (readers_ > 0 || writing_) return base::fail(*suspect_);
  for (MDB_txn* txn : idle_) mdb_txn_abort(txn);
  idle_.clear();
  if (env_ != nullptr) mdb_env_close(env_);
  env_ = nullptr;
  Status status = map();
  if (status) status = admit(true, {});
  if (!status) {
    if (env_ != nullptr) mdb_env_close(env_);
    env_ = nullptr;
    suspect_ = status.error();
    return status;
  }
  suspect_.reset();
  return {};
}

// LMDB copies in one call, which cannot be stopped: so it writes to a pipe, whose end can be closed.
Status Environment::copy_through_pipe(unsigned flags, const TakeBytes& take,
                                      const base::Cancel& cancel, int& problem) const {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    problem = errno;
    return {};
  }
  base::Descriptor from(ends[0]);
  base::Descriptor to(ends[1]);
  std::vector<char> buffer(std::size_t{1} << 18);
  int code = 0;
  base::Thread copier;
  const Status started = copier.start("freshet-copy", [&] {
    // Without compaction LMDB does not mind that the other end may close. What is raised goes with
    // the thread.
    sigset_t closed;
    sigemptyset(&closed);
    sigaddset(&closed, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &closed, nullptr);
    code = mdb_env_copyfd2(env_, to.get(), flags);
    to = base::Descriptor();
  });
  problem = EAGAIN;
  if (!started) return {};
  Status taken = base::guarded([&] { return drain(from.get(), take, buffer, cancel, problem); });
  from = base::Descriptor();  // LMDB's next write fails where it is not done
  copier.join();
  if (taken && problem == 0) problem = code;
  return taken;
}

Status Environment::copy(const std::string& directory, const base::Cancel& cancel) const {
  const base::BlockFileSizeSignal block;
  const std::string path = directory + "/data.mdb";
  FRESHET_ASSIGN(const int file, base::open_own_file(path, O_WRONLY | O_CREAT | O_EXCL,
                                                     trust_rules(allow_shared_)));
  int code = 0, written = 0;
  const Status copied = copy_through_pipe(
      MDB_CP_COMPACT,
      [&](std::string_view bytes) -> Status {
        written = write_all(file, bytes);
        return written == 0 ? Status() : base::fail_errno(written, "cannot be written", path);
      },
      cancel, code);
  if (written != 0) code = written;
  if (code == 0 && copied && fsync(file) != 0) code = errno;
  ::close(file);
  if (code == 0 && copied) return {};
  unlink(path.c_str());
  if (code == 0) return copied;
  if (code == ECANCELED) return base::fail(Code::cancelled, "the copy was cancelled", path);
  return base::fail(lmdb_error(code, "cannot be copied", path));
}

Status Environment::stream(const TakeBytes& take, const base::Cancel& cancel) const {
  int problem = 0;
  FRESHET_TRY(copy_through_pipe(0, take, cancel, problem));
  if (problem == 0) return {};
  if (problem == ECANCELED) return base::fail(Code::cancelled, "the copy was cancelled", file_);
  return base::fail(lmdb_error(problem, "cannot be copied", file_));
}

std::uint64_t Environment::last_commit() {
  if (forked()) return 0;
  const std::lock_guard lock(mutex_);
  if (env_ == nullptr) return 0;
  // Not by mdb_env_info(): it tells of a commit as soon as that begins to write its meta page, and a
  // reader sees it when that is on disk.
  const auto txn = take_reader();
  if (!txn) return 0;
  const std::uint64_t last = mdb_txn_id(*txn);
  keep_reader(*txn);
  return last;
}

// So that the next one to open it need not read every page.
void Environment::stamp() {
  MDB_envinfo info{};
  mdb_env_info(env_, &info);
  const auto txnid = static_cast<std::uint64_t>(info.me_last_txnid);
  if (writable_ && good_ && !suspect_ && seal_.try_alone() && !seal_.intact(descriptor(), txnid))
    seal_.stamp(descriptor(), txnid);
}

void Environment::close() {
  const base::BlockFileSizeSignal block;
  if (env_ == nullptr) return;
  for (MDB_txn* txn : idle_) mdb_txn_abort(txn);
  try {
    stamp();
  } catch (const std::bad_alloc&) {  // unstamped it is read page by page, no more
  }
  mdb_env_close(env_);
}

}  // namespace freshet::lmdb
