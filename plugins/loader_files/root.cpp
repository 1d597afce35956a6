#include "loader_files/root.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>

namespace freshet::loader_files {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// A time may be set to any number; one that does not fit lies in the far future or past.
std::int64_t nanoseconds(const struct timespec& at) {
  std::int64_t ns = 0;
  const bool over =
      __builtin_mul_overflow(std::int64_t{at.tv_sec}, std::int64_t{1'000'000'000}, &ns) ||
      __builtin_add_overflow(ns, std::int64_t{at.tv_nsec}, &ns);
  if (!over) return ns;
  return at.tv_sec > 0 ? std::numeric_limits<std::int64_t>::max()
                       : std::numeric_limits<std::int64_t>::min() + 1;
}

std::string join(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

}  // namespace

Fd::Fd(int fd) : fd_(fd), error_(fd < 0 ? errno : 0) {}

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(error_, other.error_);
  return *this;
}

Node node_of(std::string name, const struct stat& found) {
  Node node;
  node.name = std::move(name);
  if (S_ISREG(found.st_mode)) node.kind = Node::Kind::file;
  if (S_ISDIR(found.st_mode)) node.kind = Node::Kind::directory;
  if (S_ISLNK(found.st_mode)) node.kind = Node::Kind::link;
  node.size = found.st_size;
  node.mtime_ns = nanoseconds(found.st_mtim);
  node.id = {found.st_dev, found.st_ino};
  return node;
}

// The root itself may be a link: the path is the operator's word.
Root::Root(const std::string& path, bool follow_symlinks)
    : root_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), follow_(follow_symlinks) {}

Node Root::look_at(const std::string& path) const {
  struct stat found {};
  if (path.empty()) {
    ::fstat(root_.get(), &found);
    return node_of({}, found);
  }
  const Fd target = open(path, O_PATH);
  if (target) ::fstat(target.get(), &found);
  return node_of({}, found);
}

Fd Root::open(const std::string& path, int flags) const {
  struct open_how how {};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  if ((flags & O_PATH) == 0) how.flags |= O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  if (!follow_) how.resolve |= RESOLVE_NO_SYMLINKS;
  const char* name = path.empty() ? "." : path.c_str();
  long fd = -1;
  // EAGAIN: something was renamed meanwhile, and the kernel cannot tell whether it leads out.
  for (int tries = 0; tries < 100; ++tries) {
    fd = ::syscall(SYS_openat2, root_.get(), name, &how, sizeof how);
    if (fd >= 0 || (errno != EINTR && errno != EAGAIN)) break;
  }
  return Fd(static_cast<int>(fd));
}

// What a link leads to is found by opening it, for only then is it held to stay below the root.
Node Root::look(int directory, const std::string& path, const std::string& name, int& error) const {
  struct stat found {};
  if (::fstatat(directory, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    error = errno;
    return {};
  }
  if (!S_ISLNK(found.st_mode) || !follow_) return node_of(name, found);
  const Fd target = open(join(path, name), O_PATH);
  const bool leads_nowhere =
      target.error() == EXDEV || target.error() == ENOENT || target.error() == ELOOP;
  if (!target && !leads_nowhere) error = target.error();
  if (target && ::fstat(target.get(), &found) != 0) error = errno;
  return node_of(name, found);
}

Names Root::read(const std::string& path, std::size_t most) const {
  Names names;
  Fd fd = open(path, O_RDONLY | O_DIRECTORY);
  if (!fd) return {{}, fd.error()};
  const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(fd.get()));
  if (directory == nullptr) return {{}, errno};
  const int number = fd.release();  // the DIR closes it
  for (;;) {
    errno = 0;
    const dirent* each = ::readdir(directory.get());
    if (each == nullptr) break;
    const std::string name = each->d_name;
    if (name == "." || name == "..") continue;
    if (names.nodes.size() == most) {
      errno = EOVERFLOW;
      break;
    }
    int problem = 0;
    Node node = look(number, path, name, problem);
    if (problem == 0)
      names.nodes.push_back(std::move(node));
    else
      names.error = problem;
  }
  if (errno != 0) names.error = errno;
  std::sort(names.nodes.begin(), names.nodes.end(),
            [](const Node& a, const Node& b) { return a.name < b.name; });
  return names;
}

}  // namespace freshet::loader_files
