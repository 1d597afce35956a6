#include "core/backup/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/backup/files.hpp"
#include "core/base/descriptor.hpp"
#include "core/base/directory.hpp"
#include "core/base/file_size_signal.hpp"
#include "core/base/path.hpp"
#include "core/base/system_error.hpp"

namespace freshet::backup {
namespace {

using base::Code;
using base::Descriptor;
using base::Result;
using base::Status;

constexpr std::string_view incoming = "incoming", lock_name = "lock";

class Folder final : public Place {
 public:
  Folder(std::string root, bool shared) : root_(std::move(root)), rules_(rules_of(shared)) {}

  Status lock() override {
    const std::string file = path(lock_name);
    FRESHET_ASSIGN(const int opened, base::open_own_file(file, O_RDWR | O_CREAT, rules_));
    lock_ = Descriptor(opened);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (fcntl(lock_.get(), F_OFD_SETLK, &lock) == 0) return {};
    if (errno == EAGAIN || errno == EACCES)
      return base::fail(Code::busy, "another backup to it is under way", root_);
    return base::fail_errno(errno, "cannot be locked", file);
  }

  Result<std::vector<Listed>> list(const std::string& folder, const base::Cancel& cancel) override {
    std::vector<Listed> all;
    FRESHET_TRY(list_into(folder, all, cancel));
    return all;
  }

  Result<bool> is_empty(const base::Cancel&) override {
    std::error_code problem;
    const auto names = base::list_directory(root_, problem);
    if (problem) return base::fail_errno(problem.value(), "cannot be read", root_);
    return std::all_of(names.begin(), names.end(), [](const std::string& name) {
      return name == lock_name || name == incoming;
    });
  }

  Status read(std::span<const std::string> names, std::uint64_t most_bytes, const TakeFile& take,
              const base::Cancel& cancel) override {
    for (std::size_t i = 0; i < names.size(); ++i) {
      FRESHET_TRY(may_go_on(cancel));
      FRESHET_ASSIGN(const auto bytes, read_one(path(names[i]), most_bytes));
      FRESHET_TRY(take(i, bytes ? std::optional<std::string_view>(*bytes) : std::nullopt));
    }
    return {};
  }

  // Beside its place first, so that no name ever stands for half a file.
  Status write(std::span<const File> files, const base::Cancel& cancel) override {
    const base::BlockFileSizeSignal block;
    for (const File& each : files) {
      FRESHET_TRY(may_go_on(cancel));
      const std::string file = path(each.name);
      const std::string draft = path(incoming);
      FRESHET_TRY(make_folder_of(file));
      FRESHET_TRY(write_one(draft, each.bytes));
      if (::rename(draft.c_str(), file.c_str()) != 0)
        return base::fail_errno(errno, "cannot be put in place", file);
    }
    return {};
  }

  Status flush() override {
    const Descriptor directory(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.is_open() && ::syncfs(directory.get()) == 0) return {};
    return base::fail_errno(errno, "cannot be written to the disk", root_);
  }

  Status remove(std::span<const std::string> names, const base::Cancel& cancel) override {
    for (const std::string& name : names) {
      FRESHET_TRY(may_go_on(cancel));
      const std::string file = path(name);
      if (::unlink(file.c_str()) != 0 && errno != ENOENT)
        return base::fail_errno(errno, "cannot be removed", file);
    }
    return {};
  }

  std::string path(std::string_view name) const override {
    return name.empty() ? root_ : fmt::format("{}/{}", root_, name);
  }
  base::Millis patience() const override { return base::Millis(0); }  // the lock keeps others out
  std::size_t batch() const override { return 1; }

 private:
  Status may_go_on(const base::Cancel& cancel) const {
    if (!cancel.requested()) return {};
    return base::fail(Code::cancelled, "the backup was cancelled", root_);
  }

  Status list_into(const std::string& folder, std::vector<Listed>& all,
                   const base::Cancel& cancel) const {
    FRESHET_TRY(may_go_on(cancel));
    const std::string directory = path(folder);
    std::error_code problem;
    const auto names = base::list_directory(directory, problem);
    if (problem == std::errc::no_such_file_or_directory) return {};
    if (problem) return base::fail_errno(problem.value(), "cannot be read", directory);
    for (const std::string& name : names) {
      const std::string whole = fmt::format("{}/{}", folder, name);
      struct stat status {};
      if (::lstat(path(whole).c_str(), &status) != 0) {
        if (errno == ENOENT) continue;
        return base::fail_errno(errno, "cannot be examined", path(whole));
      }
      if (S_ISDIR(status.st_mode))
        FRESHET_TRY(list_into(whole, all, cancel));
      else
        all.push_back({whole,
                       static_cast<std::uint64_t>(status.st_size),
                       {std::int64_t{status.st_mtim.tv_sec} * 1000}});
    }
    return {};
  }

  Result<std::optional<std::string>> read_one(const std::string& file,
                                              std::uint64_t most_bytes) const {
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!opened.is_open()) {
      if (errno == ENOENT) return std::nullopt;
      return base::fail_errno(errno, "cannot be read", file);
    }
    struct stat status {};
    if (fstat(opened.get(), &status) != 0)
      return base::fail_errno(errno, "cannot be examined", file);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (!S_ISREG(status.st_mode) || size > most_bytes)
      return base::fail(Code::corrupt, fmt::format("is no file of at most {} bytes", most_bytes),
                        file);
    std::string bytes(size, '\0');
    for (std::size_t got = 0; got < size;) {
      const ssize_t more = ::read(opened.get(), bytes.data() + got, size - got);
      if (more < 0 && errno == EINTR) continue;
      if (more < 0) return base::fail_errno(errno, "cannot be read", file);
      if (more == 0) return base::fail(Code::corrupt, "became shorter while it was read", file);
      got += static_cast<std::size_t>(more);
    }
    return bytes;
  }

  Status write_one(const std::string& file, std::string_view bytes) const {
    FRESHET_ASSIGN(const int opened,
                   base::open_own_file(file, O_WRONLY | O_CREAT | O_TRUNC, rules_));
    const Descriptor own(opened);
    return write_all(opened, bytes, file);
  }

  Status make_folder_of(const std::string& file) const {
    const std::string folder = file.substr(0, file.rfind('/'));
    if (::access(folder.c_str(), F_OK) == 0) return {};
    return base::make_trusted_directory(folder, rules_);
  }

  const std::string root_;
  const base::TrustRules rules_;
  Descriptor lock_;
};

}  // namespace

Result<std::unique_ptr<Place>> open_folder(const std::string& path, bool create, bool shared) {
  FRESHET_ASSIGN(const std::string whole, base::absolute_path(path));
  if (!create && ::access(whole.c_str(), F_OK) != 0)
    return base::fail(Code::not_found, "is not there", path);
  if (create) FRESHET_TRY(base::make_trusted_directory(whole, rules_of(shared)));
  FRESHET_ASSIGN(std::string real, base::resolve_trusted(whole, rules_of(shared)));
  return std::make_unique<Folder>(std::move(real), shared);
}

}  // namespace freshet::backup
