#include "core/backup/restore.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "core/backup/files.hpp"
#include "core/base/descriptor.hpp"
#include "core/base/directory.hpp"
#include "core/base/file_size_signal.hpp"
#include "core/base/path.hpp"
#include "core/base/system_error.hpp"
#include "core/net/signature.hpp"
#include "core/repository/repository.hpp"

namespace freshet::backup {
namespace {

using base::Code;
using base::Descriptor;
using base::Result;
using base::Status;

Result<Snapshot> choose(Place& place, const std::string& wanted, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const bool there, is_backup(place, cancel));
  FRESHET_ASSIGN(std::vector<Snapshot> all,
                 there ? read_snapshots(place, cancel) : std::vector<Snapshot>());
  if (all.empty())
    return base::fail(Code::not_found, "holds no snapshot: no backup was finished there",
                      place.path(""));
  if (wanted.empty()) return std::move(all.back());
  std::erase_if(all, [&](const Snapshot& each) { return !each.id.starts_with(wanted); });
  if (all.size() == 1) return std::move(all.front());
  return base::fail(all.empty() ? Code::not_found : Code::invalid_argument,
                    all.empty() ? "is no snapshot of it" : "is the front of several snapshots",
                    place.path(snapshot_name(wanted)));
}

// Nothing may be there, or an empty directory.
Status check_free(const std::string& directory) {
  if (::access(directory.c_str(), F_OK) != 0) return {};
  std::error_code problem;
  const auto names = base::list_directory(directory, problem);
  if (problem) return base::fail_errno(problem.value(), "cannot be examined", directory);
  if (names.empty()) return {};
  const bool repository = std::find(names.begin(), names.end(), "data.mdb") != names.end();
  return base::fail(
      Code::invalid_argument,
      repository ? "holds a repository: a restore overwrites none" : "is not an empty directory",
      directory);
}

Status remove_files(const std::string& directory) {
  for (const char* name : {"/data.mdb", "/lock.mdb", "/freshet.seal"})
    if (::unlink((directory + name).c_str()) != 0 && errno != ENOENT)
      return base::fail_errno(errno, "cannot be removed", directory + name);
  return {};
}

// The directory in which it is made: locked, and gone again where it comes to nothing.
class Draft {
 public:
  static Result<std::unique_ptr<Draft>> make(const std::string& directory,
                                             const base::TrustRules& rules) {
    const std::string path = directory + ".restoring";
    FRESHET_TRY(base::make_trusted_directory(path, rules));
    FRESHET_ASSIGN(const std::string real, base::resolve_trusted(path, rules));
    Descriptor lock(::open(real.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock.is_open()) return base::fail_errno(errno, "cannot be opened", path);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
      return base::fail(Code::busy, "another restore is under way there", directory);
    FRESHET_TRY(remove_files(real));  // of one that was killed
    return std::unique_ptr<Draft>(new Draft(real, std::move(lock)));
  }
  ~Draft() {
    if (placed_) return;
    (void)remove_files(path_);
    ::rmdir(path_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::string& path() const { return path_; }
  std::string data() const { return path_ + "/data.mdb"; }

  // Gives it its name; an empty directory of that name makes room by itself.
  Status put_in_place(const std::string& directory) {
    if (::rename(path_.c_str(), directory.c_str()) != 0)
      return errno == ENOTEMPTY || errno == EEXIST
                 ? base::fail(Code::invalid_argument, "is not an empty directory any more",
                              directory)
                 : base::fail_errno(errno, "cannot be put in place", directory);
    placed_ = true;
    const std::string above = directory.substr(0, std::max<std::size_t>(directory.rfind('/'), 1));
    const Descriptor parent(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.is_open()) ::fsync(parent.get());
    return {};
  }

 private:
  Draft(std::string path, Descriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  const std::string path_;
  const Descriptor lock_;
  bool placed_ = false;
};

Status check_piece(const std::optional<std::string_view>& bytes, const std::string& digest,
                   std::uint64_t size, const std::string& path) {
  if (!bytes)
    return base::fail(Code::corrupt, "is missing: the backup is not whole; try another snapshot",
                      path);
  if (bytes->size() == size && net::sha256(*bytes) == digest) return {};
  return base::fail(Code::corrupt,
                    "is damaged: its content is not what its name says; try another snapshot",
                    path);
}

Status fetch(Place& place, const Snapshot& snapshot, const std::string& path,
             const base::TrustRules& rules, const base::Cancel& cancel) {
  const base::BlockFileSizeSignal block;
  FRESHET_ASSIGN(const int opened, base::open_own_file(path, O_WRONLY | O_CREAT | O_EXCL, rules));
  const Descriptor file(opened);
  for (std::size_t at = 0; at < snapshot.pieces.size(); at += place.batch()) {
    std::vector<std::string> names;
    for (std::size_t i = at; i < std::min(at + place.batch(), snapshot.pieces.size()); ++i)
      names.push_back(piece_name(snapshot.pieces[i]));
    FRESHET_TRY(place.read(
        names, piece_size,
        [&](std::size_t i, std::optional<std::string_view> bytes) -> Status {
          FRESHET_TRY(check_piece(bytes, snapshot.pieces[at + i], snapshot.bytes_of(at + i),
                                  place.path(names[i])));
          return write_all(file.get(), *bytes, path);
        },
        cancel));
  }
  if (::fsync(file.get()) != 0) return base::fail_errno(errno, "cannot be written", path);
  return {};
}

Status check_namespace(const std::string& directory, const std::string& name, bool shared,
                       const ports::Machine& machine, Restored& restored,
                       const base::Cancel& cancel) {
  repository::OpenOptions options;
  options.name_space = name;
  options.create = false;
  options.allow_shared = shared;
  options.dropping = true;  // one that was being dropped is there, too
  FRESHET_ASSIGN(const auto repository, repository::Repository::open(directory, options, machine));
  FRESHET_ASSIGN(const repository::CheckReport report, repository->check(cancel));
  if (report.problem_count > 0)
    return base::fail(
        Code::corrupt,
        fmt::format("namespace {} does not pass the check: {}", name, report.problems.front()),
        restored.id);
  restored.roots += report.roots;
  restored.chunks += report.chunks;
  restored.namespaces.push_back(name);
  return {};
}

// As every unknown file it is walked when it is opened; then what its records say.
Status check_all(const std::string& directory, bool shared, const ports::Machine& machine,
                 Restored& restored, const base::Cancel& cancel) {
  repository::OpenOptions options;
  options.name_space = "";
  options.create = false;
  options.allow_shared = shared;
  options.verify = true;
  FRESHET_ASSIGN(const auto repository, repository::Repository::open(directory, options, machine));
  std::vector<std::string> names;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository->read());
    FRESHET_ASSIGN(const auto spaces, snapshot.name_spaces());
    for (const auto& space : spaces) names.push_back(space.name);
  }
  for (const std::string& name : names)
    FRESHET_TRY(check_namespace(directory, name, shared, machine, restored, cancel));
  return {};
}

}  // namespace

Result<Restored> restore(Place& place, const std::string& wanted, const std::string& directory,
                         bool shared, const ports::Machine& machine, const base::Cancel& cancel) {
  FRESHET_ASSIGN(std::string whole, base::absolute_path(directory));
  while (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  FRESHET_TRY(check_free(whole));
  FRESHET_ASSIGN(const Snapshot snapshot, choose(place, wanted, cancel));
  Restored restored{snapshot.id, snapshot.taken, snapshot.size, 0, 0, {}};
  FRESHET_ASSIGN(const auto draft, Draft::make(whole, rules_of(shared)));
  FRESHET_TRY(fetch(place, snapshot, draft->data(), rules_of(shared), cancel));
  if (Status checked = check_all(draft->path(), shared, machine, restored, cancel); !checked)
    return base::wrap("the snapshot is not whole", place.path(snapshot_name(snapshot.id)),
                      std::move(checked).error());
  FRESHET_TRY(draft->put_in_place(whole));
  return restored;
}

}  // namespace freshet::backup
