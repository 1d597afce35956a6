// core/lmdb/environment_open.cpp - judging a data file, mapping it, and admitting what it
// holds.
#include <fcntl.h>
#include <fmt/format.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/descriptor.hpp"
#include "core/base/instant.hpp"
#include "core/base/system_error.hpp"
#include "core/lmdb/environment.hpp"
#include "core/lmdb/files.hpp"
#include "core/lmdb/format.hpp"
#include "core/lmdb/pages.hpp"
#include "core/lmdb/value.hpp"

namespace freshet::lmdb {

using base::Code;
using base::Result;
using base::Status;

namespace {

constexpr unsigned most_databases = db_count;

}  // namespace

Status Environment::start(bool create, const Options& options) {
  const auto file = base::open_own_file(file_, O_RDONLY, trust_rules(allow_shared_));
  if (!file && file.error().code != Code::not_found) return base::fail(file.error());
  bool fresh = true;
  if (file) {
    const base::Descriptor held(*file);
    FRESHET_TRY(judge(*file, fresh));
  }
  if (fresh && !(create && writable_))
    return base::fail(Code::not_found, "no repository here", directory_);
  if (fresh && !seal_.alone())
    return base::fail(Code::io, "is open elsewhere, and its data file is gone", directory_);
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  map_size_ = (std::max<std::uint64_t>(map_size_, 1u << 20) + page - 1) / page * page;
  FRESHET_TRY(map());
  FRESHET_TRY(fresh ? initialise()
                    : admit(options.verify, options.read_only ? Migration() : options.migrate));
  seal_.share();
  good_ = true;
  return {};
}

// Says what the file is before LMDB sees it. Where others write at this moment only the header can
// be looked at; they have looked at the rest.
Status Environment::judge(int file, bool& fresh) {
  struct stat status {};
  if (fstat(file, &status) != 0) return base::fail_errno(errno, "cannot be examined", file_);
  fresh = status.st_size == 0;
  if (fresh) return {};
  FRESHET_ASSIGN(const Header header, read_header(file, file_));
  map_size_ = header.newest().map_size;
  // A creation that was cut short leaves a header and no databases.
  fresh = header.newest().txnid == 0 && header.newest().main.root == ~std::uint64_t{0};
  if (fresh || !seal_.alone()) return {};
  FRESHET_TRY(judge_commit(file, header.newest(), true));
  // The commit before is whole too, for LMDB reuses no page of it. If it does not belong to its
  // header, that header may have been the newest, and its loss would be the loss of a commit.
  const Meta& before = &header.newest() == header.metas ? header.metas[1] : header.metas[0];
  if (before.txnid > 0) FRESHET_TRY(judge_commit(file, before, false));
  return judge_order(header);
}

// LMDB writes its two headers in turn, so that they bear neighbouring numbers, each in its place.
Status Environment::judge_order(const Header& header) const {
  const std::uint64_t first = header.metas[0].txnid, second = header.metas[1].txnid;
  const bool in_place = first % 2 == 0 && (second % 2 == 1 || second == 0);
  const bool neighbours = first + 1 == second || second + 1 == first || (first == 0 && second == 0);
  if (in_place && neighbours) return {};
  return base::fail(Code::corrupt,
                    fmt::format("damaged: its headers are of commits {} and {}", first, second),
                    file_);
}

// Each commit records its own number: a header that does not belong to its tree is found. A
// compacted copy begins to count at 1, whatever was recorded.
Status Environment::judge_number(std::string_view value, std::uint64_t txnid) const {
  const auto body = unseal(Db::meta, "commit", value);
  if (body && body->size() == 8 && (load<std::uint64_t>(body->data()) == txnid || txnid == 1))
    return {};
  return base::fail(Code::corrupt, "damaged: its header does not belong to its records", file_);
}

Status Environment::judge_commit(int file, const Meta& meta, bool newest) const {
  std::optional<std::string> front, number;
  PageWalk pages(file, file_, meta);
  FRESHET_ASSIGN(const bool ours, pages.records(db_name(Db::meta),
                                                [&](std::string_view, std::string_view key,
                                                    std::string_view value) -> Status {
                                                  if (key == "schema") front = value;
                                                  if (key == "commit") number = value;
                                                  return {};
                                                }));
  if (!ours || !front) return base::fail(Code::version, "not a freshet repository", file_);
  if (newest) FRESHET_TRY(judge_schema(*front));
  return judge_number(number.value_or(""), meta.txnid);
}

Result<std::uint32_t> Environment::judge_schema(std::string_view value) const {
  const auto body = unseal(Db::meta, "schema", value);
  if (!body)
    return base::fail(Code::corrupt,
                      fmt::format("damaged: the record of its schema {}", seal_problem(value)),
                      file_);
  Decoder in(*body);
  const auto found = in.number<std::uint32_t>();
  if (found > schema)
    return base::fail(
        Code::version,
        fmt::format("made by a newer freshet (schema {}; this one knows {})", found, schema),
        directory_);
  const auto recorded = in.number<std::uint64_t>();
  if (found < oldest_schema || !in.whole())
    return base::fail(Code::corrupt, "damaged: the record of its schema", file_);
  if (recorded != map_size_)
    return base::fail(
        Code::corrupt,
        fmt::format("damaged: map size {} in its header, {} in its records", map_size_, recorded),
        file_);
  return found;
}

// LMDB makes the lock file with holes and writes to it through a map, where a full disk is a
// signal and not an error. So its blocks are there before.
Status Environment::reserve_lock_file() const {
  constexpr off_t enough = most_readers * 64 + 4096;
  const std::string path = directory_ + "/lock.mdb";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return base::fail_errno(errno, "cannot be opened", path);
  int problem = 0;
  while (fallocate(file, FALLOC_FL_KEEP_SIZE, 0, enough) != 0) {
    problem = errno;
    if (problem != EINTR) break;
  }
  ::close(file);
  const bool no_room = base::code_of_errno(problem) == Code::full;  // else it cannot reserve
  return no_room ? base::fail_errno(problem, "cannot be made", path) : Status();
}

Status Environment::map() {
  if (writable_) {
    FRESHET_TRY(make_files(directory_, trust_rules(allow_shared_)));
    FRESHET_TRY(reserve_lock_file());
  }
  const auto failed = [&](int code, const char* what) {
    return base::fail(lmdb_error(code, what, directory_));
  };
  if (const int code = mdb_env_create(&env_)) return failed(code, "cannot be opened");
  mdb_env_set_mapsize(env_, map_size_);
  mdb_env_set_maxdbs(env_, most_databases);
  mdb_env_set_maxreaders(env_, most_readers);
  unsigned flags = MDB_NOTLS | (writable_ ? 0 : MDB_RDONLY);
  int code = mdb_env_open(env_, directory_.c_str(), flags, 0600);
  if ((code == EACCES || code == EROFS || code == ENOENT) && !writable_) {
    // Neither lock file nor the right to make one: nobody can be writing here.
    mdb_env_close(env_);
    if (const int again = mdb_env_create(&env_)) return failed(again, "cannot be opened");
    mdb_env_set_mapsize(env_, map_size_);
    mdb_env_set_maxdbs(env_, most_databases);
    code = mdb_env_open(env_, directory_.c_str(), flags | MDB_NOLOCK, 0600);
  }
  if (code != 0) {
    mdb_env_close(env_);
    env_ = nullptr;
    return failed(code, "cannot be opened");
  }
  int dead = 0;
  mdb_reader_check(env_, &dead);
  length_ = 0;
  return check_length();
}

// In one commit: a creation that is cut short leaves nothing.
Status Environment::initialise() {
  Encoder front;
  const base::Instant now = clock_.now();
  const base::Digest identity = base::DigestBuilder()
                                    .add(directory_)
                                    .add(static_cast<std::uint64_t>(now.ms))
                                    .add(static_cast<std::uint64_t>(getpid()))
                                    .finish();
  front.number(schema).number(map_size_).number(now.ms).digest(identity);
  MDB_val key = value_of("schema"), value = value_of(front.seal(Db::meta, "schema"));
  FRESHET_ASSIGN(MDB_txn* const txn, begin_write());
  int code = open_all(txn, MDB_CREATE);
  if (code == 0) code = mdb_put(txn, database(Db::meta), &key, &value, 0);
  if (code == 0) return commit(txn);
  abort(txn);
  return base::fail(lmdb_error(code, "cannot be initialised", directory_));
}

// An existing file: walked unless it is as we left it, found to be ours, and of this schema or made
// so.
Status Environment::admit(bool verify, const Migration& migrate) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn))
    return base::fail(lmdb_error(code, "cannot be read", directory_));
  {
    const OwnedTransaction owned(txn);
    if (verify || (seal_.alone() && !seal_.intact(descriptor(), mdb_txn_id(txn))))
      FRESHET_TRY(walk(txn));
  }
  FRESHET_ASSIGN(const std::uint32_t found, check_contents());
  return found < schema ? bring_up_to_date(found, migrate) : open_databases();
}

int Environment::open_all(MDB_txn* txn, unsigned flags) {
  int code = 0;
  for (std::size_t i = 0; i < db_count && code == 0; ++i)
    code = mdb_dbi_open(txn, db_name(static_cast<Db>(i)), flags, &databases_[i]);
  return code;
}

Status Environment::open_databases() {
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (code != 0) return base::fail(lmdb_error(code, "cannot be read", directory_));
  code = open_all(txn, 0);
  const bool lacks_late =
      code == MDB_NOTFOUND && database(late_db) == 0 && database(Db::gates) != 0;
  if (code == 0 || lacks_late)
    code = mdb_txn_commit(txn);  // keeps the handles
  else
    mdb_txn_abort(txn);
  if (code == 0) return lacks_late && writable_ ? add_late_database() : Status();
  if (code == MDB_NOTFOUND) return base::fail(Code::version, "not a freshet repository", file_);
  return base::fail(lmdb_error(code, "cannot be read", directory_));
}

Status Environment::add_late_database() {
  FRESHET_ASSIGN(MDB_txn* const txn, begin_write());
  if (const int code = open_all(txn, MDB_CREATE)) {
    abort(txn);
    return base::fail(lmdb_error(code, "cannot be written", directory_));
  }
  return commit(txn);
}

Result<std::uint32_t> Environment::check_contents() {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn))
    return base::fail(lmdb_error(code, "cannot be read", directory_));
  OwnedTransaction owned(txn);
  unsigned meta = 0;
  if (const int code = mdb_dbi_open(txn, db_name(Db::meta), 0, &meta))
    return base::fail(code == MDB_NOTFOUND ? base::Error{Code::version, "not a freshet repository",
                                                         file_, -1, 0, nullptr}
                                           : lmdb_error(code, "cannot be read", directory_));
  const auto read = [&](std::string_view name) {
    MDB_val key = value_of(name), value{};
    const int code = mdb_get(txn, meta, &key, &value);
    return code == 0 ? std::string(static_cast<const char*>(value.mv_data), value.mv_size)
                     : std::string();
  };
  const std::string front = read("schema"), last = read("commit");
  const std::uint64_t txnid = mdb_txn_id(txn);
  owned.reset();
  FRESHET_ASSIGN(const std::uint32_t found, judge_schema(front));
  FRESHET_TRY(judge_number(last, txnid));
  return found;
}

// One commit makes an older schema this one. Nobody else may have it open: an older program would
// go on by its own rules.
Status Environment::bring_up_to_date(std::uint32_t found, const Migration& migrate) {
  const auto refuse = [&](Code code, std::string_view advice) {
    return base::fail(code,
                      fmt::format("made by an older freshet (schema {}; this one writes {}): {}",
                                  found, schema, advice),
                      directory_);
  };
  if (!migrate || !writable_)
    return refuse(Code::version, "open it once for writing, which migrates it");
  if (!seal_.alone())
    return refuse(Code::busy, "close it everywhere else, so that it can be migrated");
  FRESHET_ASSIGN(MDB_txn* const txn, begin_write());
  Status status;
  if (const int code = open_all(txn, MDB_CREATE))
    status = base::fail(lmdb_error(code, "cannot be written", directory_));
  // Not owned: the environment outlives its own opening.
  if (status)
    status = base::guarded([&] { return migrate({std::shared_ptr<void>(), this}, txn, found); });
  if (status)
    status = commit(txn);
  else
    abort(txn);
  if (status) return {};
  return base::wrap(fmt::format("cannot be migrated from schema {}", found), directory_,
                    std::move(status).error());
}

int Environment::descriptor() const {
  int file = -1;
  mdb_env_get_fd(env_, &file);
  return file;
}

Status Environment::walk(MDB_txn* txn, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const Header header, read_header(descriptor(), file_));
  const std::uint64_t txnid = mdb_txn_id(txn);
  const Meta* meta = nullptr;
  for (const Meta& candidate : header.metas)
    if (candidate.txnid == txnid) meta = &candidate;
  if (meta == nullptr) return base::fail(Code::busy, "was written to meanwhile", directory_);
  std::string known;  // the database of the last record
  std::optional<Db> db;
  PageWalk pages(descriptor(), file_, *meta);
  return pages.run(
      [&](std::string_view name, std::string_view key, std::string_view value) -> Status {
        if (name != known) {
          known = name;
          db.reset();
          for (std::size_t i = 0; i < db_count; ++i)
            if (name == db_name(static_cast<Db>(i))) db = static_cast<Db>(i);
        }
        if (cancel.requested())
          return base::fail(Code::cancelled, "the check was cancelled", file_);
        if (!db || unseal(*db, key, value)) return {};
        return base::fail(
            Code::corrupt,
            fmt::format("damaged: record {} of {} {}", hex(key), name, seal_problem(value)), file_);
      });
}

}  // namespace freshet::lmdb
