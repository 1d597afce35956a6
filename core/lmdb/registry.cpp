#include "core/lmdb/registry.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>

#include "core/base/file_size_signal.hpp"
#include "core/base/system_error.hpp"
#include "core/lmdb/files.hpp"
#include "core/lmdb/filesystem.hpp"

namespace freshet::lmdb {

using base::Code;
using base::Result;
using base::Status;

namespace {

using FileId = std::pair<dev_t, ino_t>;

std::optional<FileId> file_id(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  return FileId{status.st_dev, status.st_ino};
}

}  // namespace

struct EnvironmentRegistry {
  // A child begins with an empty registry: what its parent had open is not its own, and a mutex
  // that another thread held at that moment would be held for ever.
  static EnvironmentRegistry& instance() {
    static const int registered =
        pthread_atfork(nullptr, nullptr, [] { current() = new EnvironmentRegistry; });
    (void)registered;
    return *current();
  }
  static EnvironmentRegistry*& current() {
    static EnvironmentRegistry* registry = new EnvironmentRegistry;
    return registry;
  }

  Result<std::shared_ptr<SharedEnvironment>> open(const std::string& directory,
                                                  const Options& options,
                                                  const ports::Machine& machine);
  std::shared_ptr<SharedEnvironment> find(std::unique_lock<std::mutex>& lock,
                                          const std::string& file);
  static void close(SharedEnvironment* environment);
  static void close_now(SharedEnvironment* environment);

  std::mutex mutex_;
  std::condition_variable closed_;
  std::map<FileId, std::weak_ptr<SharedEnvironment>> environments_;
};

// Waits for one that is just being closed: its last owner is gone, its file not yet.
std::shared_ptr<SharedEnvironment> EnvironmentRegistry::find(std::unique_lock<std::mutex>& lock,
                                                             const std::string& file) {
  while (const auto id = file_id(file)) {
    const auto found = environments_.find(*id);
    if (found == environments_.end()) return nullptr;
    if (auto environment = found->second.lock()) return environment;
    closed_.wait(lock);
  }
  return nullptr;
}

namespace {

// Closes the environment when its last owner goes; made before there is one, so that nothing can
// fail between opening it and having an owner.
struct Owner {
  Owner() = default;
  ~Owner() {
    if (environment != nullptr) EnvironmentRegistry::close(environment);
  }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  SharedEnvironment* environment = nullptr;
};

}  // namespace

void EnvironmentRegistry::close(SharedEnvironment* environment) {
  if (environment->forked()) return delete environment;
  // The last owner may have been a `done` on the writer thread, which cannot wait for itself.
  if (environment->writer().on_writer_thread())
    return environment->writer().leave([environment] { close_now(environment); });
  close_now(environment);
}

void EnvironmentRegistry::close_now(SharedEnvironment* environment) {
  const FileId id = environment->id_;
  delete environment;
  EnvironmentRegistry& registry = instance();
  const std::lock_guard lock(registry.mutex_);
  registry.environments_.erase(id);
  registry.closed_.notify_all();
}

namespace {

Status check_filesystem(const std::string& directory) {
  struct statfs status {};
  if (statfs(directory.c_str(), &status) != 0)
    return base::fail_errno(errno, "cannot be examined", directory);
  const char* const kind = network_filesystem(static_cast<long>(status.f_type));
  if (kind == nullptr) return {};
  return base::fail(
      Code::unsupported,
      fmt::format(
          "lies on a {} file system, where locks and maps cannot be relied upon; use a local disk",
          kind),
      directory);
}

// The directory by its real path, so that a later chdir() or symbolic link changes nothing, and so
// that nobody else can put another in its place.
Result<std::string> find_directory(const std::string& directory, const Options& options) {
  if (directory.empty())
    return base::fail(Code::invalid_argument, "the directory of a repository is empty");
  struct stat status {};
  const bool there = stat(directory.c_str(), &status) == 0;
  if (!there && errno != ENOENT) return base::fail_errno(errno, "cannot be examined", directory);
  if (there && !S_ISDIR(status.st_mode))
    return base::fail(Code::invalid_argument, "is not a directory", directory);
  if (!there && (!options.create || options.read_only))
    return base::fail(Code::not_found, "no repository here", directory);
  std::error_code problem;
  const std::string whole = std::filesystem::absolute(directory, problem).string();
  if (problem)
    return base::fail(Code::io, fmt::format("cannot be examined: {}", problem.message()),
                      directory);
  const base::TrustRules rules = trust_rules(options.allow_shared);
  if (!there) FRESHET_TRY(base::make_trusted_directory(whole, rules));
  if (!options.force_filesystem) FRESHET_TRY(check_filesystem(directory));
  FRESHET_ASSIGN(std::string real, base::resolve_trusted(whole, rules));
  FRESHET_TRY(check_files(real, rules));
  return real;
}

// The errno of why it cannot be written to, or 0.
int write_problem(const std::string& directory, const std::string& file) {
  if (faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0) return errno;
  const bool writable = faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) == 0;
  return writable || errno == ENOENT ? 0 : errno;
}

}  // namespace

Result<std::shared_ptr<SharedEnvironment>> EnvironmentRegistry::open(
    const std::string& given, const Options& options, const ports::Machine& machine) {
  const auto owner = std::make_shared<Owner>();
  std::shared_ptr<SharedEnvironment> environment;  // let go without the lock, which closing takes
  std::unique_lock lock(mutex_);
  FRESHET_ASSIGN(const std::string directory, find_directory(given, options));
  const std::string file = directory + "/data.mdb";
  environment = find(lock, file);
  const int problem = write_problem(directory, file);
  const bool writable = environment ? environment->writable() : problem == 0;
  if (!writable && !options.read_only)
    return base::fail_errno(problem != 0 ? problem : EROFS, "cannot be written", given);
  if (environment) {
    if (options.verify) FRESHET_TRY(environment->verify());
    return environment;
  }
  const bool create = options.create && !options.read_only;
  if (!create && !file_id(file)) return base::fail(Code::not_found, "no repository here", given);
  FRESHET_ASSIGN(Seal seal, Seal::lock(directory, writable, trust_rules(options.allow_shared)));
  std::unique_ptr<SharedEnvironment> opened(
      new SharedEnvironment(directory, std::move(seal), writable, options, machine));
  FRESHET_TRY(opened->start(create, options));
  const auto id = file_id(file);
  if (!id) return base::fail(Code::io, "its data file is gone", directory);
  std::weak_ptr<SharedEnvironment>& known = environments_[*id];
  opened->id_ = *id;
  owner->environment = opened.release();
  known = environment = std::shared_ptr<SharedEnvironment>(owner, owner->environment);
  return environment;
}

SharedEnvironment::SharedEnvironment(std::string directory, Seal seal, bool writable,
                                     const Options& options, const ports::Machine& machine)
    : Environment(std::move(directory), std::move(seal), writable, options, machine.clock),
      executor_(machine.executor) {}

SharedEnvironment::~SharedEnvironment() {
  if (forked()) (void)writer_.release();  // its thread and its locks are the parent's
}

Status SharedEnvironment::start(bool create, const Options& options) {
  FRESHET_TRY(Environment::start(create, options));
  writer_ = std::make_unique<WriteQueue>(*this, executor_);
  return writer_->start();
}

Result<std::shared_ptr<SharedEnvironment>> SharedEnvironment::open(const std::string& directory,
                                                                   const Options& options,
                                                                   const ports::Machine& machine) {
  const base::BlockFileSizeSignal block;
  return EnvironmentRegistry::instance().open(directory, options, machine);
}

}  // namespace freshet::lmdb
