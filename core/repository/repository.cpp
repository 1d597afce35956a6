#include "core/repository/repository.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>

#include "core/base/directory.hpp"
#include "core/base/system_error.hpp"
#include "core/lmdb/files.hpp"
#include "core/lmdb/registry.hpp"
#include "core/repository/migrate.hpp"
#include "core/repository/target_mark.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Code;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view next_space_key = "next_space";

Status check_name(const std::string& name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  if (name.size() <= 128 && name.find_first_not_of(allowed) == std::string::npos) return {};
  return base::fail(Code::invalid_argument, "a namespace is 1 to 128 of A-Z a-z 0-9 . _ -", name);
}

// Of one that is not there yet.
Status check_new_name(const std::string& name) {
  if (name.find(target_mark) == std::string::npos) return {};
  return base::fail(
      Code::invalid_argument,
      fmt::format("has \"{}\" in its name, which stands in stores before the number of "
                  "a target",
                  target_mark),
      "namespace " + name);
}

Result<std::optional<SpaceRow>> find_space(const Transaction& transaction,
                                           const std::string& name) {
  return transaction.record<SpaceRow>(Db::spaces, name);
}

// Fails unless the namespace is there, under the number that `space` has.
Status check_space(const Transaction& transaction, const Space& space) {
  if (space.name.empty()) return {};
  FRESHET_ASSIGN(const auto found, find_space(transaction, space.name));
  if (!found || found->id != space.id)
    return base::fail(Code::not_found, "was dropped", "namespace " + space.name);
  if (!found->dropping || space.dropping) return {};
  return base::fail(Code::busy, "is being dropped", "namespace " + space.name);
}

tl::unexpected<base::Error> is_dropping(const std::string& name) {
  return base::fail(Code::busy, "is being dropped: drop it again to end that", "namespace " + name);
}

tl::unexpected<base::Error> unknown_space(const Transaction& transaction, const std::string& name) {
  std::string known;
  Cursor cursor(transaction, Db::spaces, {});
  for (; cursor.valid(); cursor.next())
    known += (known.empty() ? "; there is " : ", ") + std::string(cursor.key());
  return base::fail(Code::not_found, "no such namespace" + known, name);
}

// The number that stands for `name` in every key.
Status make_space(Transaction& transaction, const std::string& name, std::uint32_t& out) {
  FRESHET_ASSIGN(const auto found, find_space(transaction, name));
  if (found && found->dropping) return is_dropping(name);
  if (found) {
    out = found->id;
    return {};
  }
  FRESHET_ASSIGN(const auto next_one, transaction.record<std::uint32_t>(Db::meta, next_space_key));
  out = next_one.value_or(1);
  Encoder next, value, counters;
  next.number(out + 1);
  encode(value, SpaceRow{out, false});
  encode(counters, Counters{});
  FRESHET_TRY(transaction.put(Db::counters, Key(out), counters));
  FRESHET_TRY(transaction.put(Db::meta, next_space_key, next));
  return transaction.put(Db::spaces, name, value);
}

// Pushes `work` and waits for its commit.
Status write_and_wait(lmdb::SharedEnvironment& environment, ports::Executor& executor,
                      std::function<Status(lmdb::RawTransaction*, std::uint64_t&)> work) {
  std::mutex mutex;
  const std::unique_ptr<ports::Condition> told = executor.condition();
  std::optional<Status> result;
  FRESHET_TRY(environment.writer().push({std::move(work), [&](Status status) {
                                           const ports::Lock lock(mutex);
                                           result = std::move(status);
                                           told->notify_one();
                                         }}));
  ports::Lock lock(mutex);
  told->wait(lock, [&] { return result.has_value(); });
  return *std::move(result);
}

Result<std::uint32_t> open_space(const std::shared_ptr<lmdb::SharedEnvironment>& environment,
                                 const OpenOptions& options, const ports::Machine& machine) {
  if (options.name_space.empty()) return 0;
  {
    FRESHET_ASSIGN(const auto transaction, Transaction::read(environment, {0, &machine.clock}));
    FRESHET_ASSIGN(const auto found, find_space(*transaction, options.name_space));
    if (found && found->dropping && !options.dropping) return is_dropping(options.name_space);
    if (found) return found->id;
    if (options.read_only || !options.create)
      return unknown_space(*transaction, options.name_space);
    FRESHET_TRY(check_new_name(options.name_space));
  }
  std::uint32_t space = 0;
  FRESHET_TRY(write_and_wait(*environment, machine.executor,
                             [&](lmdb::RawTransaction* txn, std::uint64_t& bytes) -> Status {
                               Transaction transaction(environment, txn, {0, &machine.clock});
                               FRESHET_TRY(make_space(transaction, options.name_space, space));
                               FRESHET_TRY(transaction.finish());
                               bytes = transaction.bytes_written();
                               return {};
                             }));
  return space;
}

// Makes it, and gives its real path.
Result<std::string> prepare_backup(const std::string& directory, const base::TrustRules& rules) {
  std::error_code problem;
  const std::string whole = std::filesystem::absolute(directory, problem).string();
  const bool there = !problem && std::filesystem::exists(directory, problem);
  if (there && !base::list_directory(directory, problem).empty())
    return base::fail(Code::invalid_argument, "is not an empty directory", directory);
  if (problem) return base::fail_errno(problem.value(), "cannot be examined", directory);
  FRESHET_TRY(base::make_trusted_directory(whole, rules));
  return base::resolve_trusted(whole, rules);
}

// So that the new file is still there after a loss of power.
void sync_directory(const std::string& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  fsync(file);
  ::close(file);
}

}  // namespace

Snapshot::Snapshot(std::unique_ptr<Transaction> transaction)
    : ReadsRoots(*transaction),
      ReadsDocuments(*transaction),
      ReadsVectors(*transaction),
      ReadsSources(*transaction),
      ReadsExclusions(*transaction),
      ReadsTriggers(*transaction),
      ReadsLeases(*transaction),
      ReadsHabits(*transaction),
      ReadsRefusals(*transaction),
      ReadsLessons(*transaction),
      ReadsGates(*transaction),
      ReadsHeard(*transaction),
      ReadsNotices(*transaction),
      ReadsDeliveries(*transaction),
      ReadsTargets(*transaction),
      ReadsRuns(*transaction),
      ReadsShard(*transaction),
      ReadsMove(*transaction),
      ReadsNameSpace(*transaction),
      owned_(std::move(transaction)) {}
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot::~Snapshot() = default;

Writer::Writer(const Snapshot& snapshot, Transaction& transaction)
    : WritesRoots(transaction),
      WritesDocuments(transaction),
      WritesVectors(transaction),
      WritesSources(transaction),
      WritesExclusions(transaction),
      WritesTriggers(transaction),
      WritesLeases(transaction),
      WritesHabits(transaction),
      WritesRefusals(transaction),
      WritesLessons(transaction),
      WritesGates(transaction),
      WritesHeard(transaction),
      WritesNotices(transaction),
      WritesDeliveries(transaction),
      WritesTargets(transaction),
      WritesRuns(transaction),
      WritesShard(transaction),
      WritesMove(transaction),
      WritesNameSpace(transaction),
      snapshot_(snapshot) {}

Repository::Repository(std::shared_ptr<lmdb::SharedEnvironment> environment, std::string directory,
                       const OpenOptions& options, std::uint32_t space_id,
                       const ports::Machine& machine)
    : environment_(std::move(environment)),
      directory_(std::move(directory)),
      name_space_(options.name_space),
      space_id_(space_id),
      read_only_(options.read_only),
      allow_shared_(options.allow_shared),
      dropping_(options.dropping),
      moving_(options.moving),
      machine_(machine) {}

Repository::~Repository() = default;

Result<std::shared_ptr<Repository>> Repository::open(const std::string& directory,
                                                     const OpenOptions& options,
                                                     const ports::Machine& machine) {
  try {
    FRESHET_TRY(check_name(options.name_space));
    lmdb::Options with = options;
    with.migrate = migrate;
    FRESHET_ASSIGN(auto environment, lmdb::SharedEnvironment::open(directory, with, machine));
    FRESHET_ASSIGN(const std::uint32_t space, open_space(environment, options, machine));
    return std::shared_ptr<Repository>(
        new Repository(std::move(environment), directory, options, space, machine));
  } catch (const std::filesystem::filesystem_error& problem) {
    return base::fail(Code::io, problem.what(), directory);
  } catch (...) {
    return base::fail(base::exception_error());
  }
}

std::uint64_t Repository::last_commit() const { return environment_->last_commit(); }

Result<Snapshot> Repository::read() const {
  machine_.executor.yield();
  FRESHET_ASSIGN(auto transaction, Transaction::read(environment_, space()));
  FRESHET_TRY(check_space(*transaction, space()));
  return Snapshot(std::move(transaction));
}

Status Repository::run(const std::function<Status(Writer&)>& work,
                       const std::shared_ptr<lmdb::SharedEnvironment>& environment,
                       const Space& space, lmdb::RawTransaction* txn, std::uint64_t& bytes) {
  const Snapshot snapshot(std::make_unique<Transaction>(environment, txn, space));
  Transaction& transaction = *snapshot.owned_;
  FRESHET_TRY(check_space(transaction, space));
  if (!space.moving) FRESHET_TRY(snapshot.check_settled());
  Writer writer(snapshot, transaction);
  FRESHET_TRY(work(writer));
  FRESHET_TRY(transaction.finish());
  bytes = transaction.bytes_written();
  return {};
}

Status Repository::may_write() const {
  FRESHET_TRY(environment_->alive());
  if (read_only_) return base::fail(Code::misuse, "was opened read-only", directory_);
  if (name_space_.empty())
    return base::fail(Code::misuse, "was opened without a namespace", directory_);
  return {};
}

Space Repository::space() const {
  return {space_id_, &machine_.clock, name_space_, dropping_, moving_};
}

Status Repository::write(const std::function<Status(Writer&)>& work) {
  FRESHET_TRY(may_write());
  return write_and_wait(*environment_, machine_.executor,
                        [&](lmdb::RawTransaction* txn, std::uint64_t& bytes) {
                          return run(work, environment_, space(), txn, bytes);
                        });
}

void Repository::write_later(std::function<Status(Writer&)> work, std::function<void(Status)> done,
                             std::size_t holds) {
  Status status = may_write();
  // What it needs goes with it: this handle may be closed before the work is done.
  if (status)
    status = environment_->writer().push(
        {[work = std::move(work), environment = environment_, space = space()](
             lmdb::RawTransaction* txn, std::uint64_t& bytes) {
           return run(work, environment, space, txn, bytes);
         },
         done, holds});
  if (!status) done(std::move(status));
}

void Repository::write_now() const noexcept {
  (void)base::guarded([&] {
    return environment_->writer().push(
        {[](lmdb::RawTransaction*, std::uint64_t&) { return Status{}; }, {}});
  });
}

Status Repository::backup(const std::string& directory, const base::Cancel& cancel) const {
  FRESHET_TRY(environment_->alive());
  FRESHET_ASSIGN(const std::string real,
                 prepare_backup(directory, lmdb::trust_rules(allow_shared_)));
  FRESHET_TRY(environment_->verify(cancel));    // damage is not to be handed on
  FRESHET_ASSIGN(const Snapshot held, read());  // as long as it is, nobody closes what is copied
  FRESHET_TRY(environment_->copy(real, cancel));
  sync_directory(real);
  return {};
}

Status Repository::stream(const std::function<Status(std::string_view)>& take,
                          const base::Cancel& cancel) const {
  FRESHET_TRY(environment_->alive());
  FRESHET_TRY(environment_->verify(cancel));
  FRESHET_ASSIGN(const Snapshot held, read());
  return environment_->stream(take, cancel);
}

}  // namespace freshet::repository
