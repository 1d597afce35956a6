#include "core/host/trust.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/base/system_error.hpp"

namespace freshet::host {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

base::Status check_one(const std::string& path, bool is_last) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return fail(Code::plugin, base::errno_words(errno), path);
  if (found.st_uid != 0 && found.st_uid != ::geteuid())
    return fail(
        Code::plugin,
        fmt::format("refused: it belongs to user {}, not to root or to this user", found.st_uid),
        path);
  if (S_ISLNK(found.st_mode))
    return {};  // its mode means nothing; what it leads to is checked apart
  const bool others_write = (found.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  const bool sticky = S_ISDIR(found.st_mode) && (found.st_mode & S_ISVTX) != 0 && !is_last;
  if (others_write && !sticky)
    return fail(Code::plugin,
                fmt::format("refused: others may write it (mode {:04o})", found.st_mode & 07777u),
                path);
  return {};
}

base::Status check_all(const fs::path& path) {
  fs::path so_far;
  for (auto part = path.begin(); part != path.end(); ++part) {
    so_far /= *part;
    FRESHET_TRY(check_one(so_far.string(), std::next(part) == path.end()));
  }
  return {};
}

}  // namespace

base::Status trusted(const std::string& path) {
  const fs::path given = fs::path(path).lexically_normal();
  if (!given.is_absolute()) return fail(Code::plugin, "refused: not an absolute path", path);
  FRESHET_TRY(check_all(given.has_filename() ? given : given.parent_path()));
  std::error_code problem;
  const fs::path real = fs::canonical(given, problem);
  if (problem) return fail(Code::plugin, base::errno_words(problem.value()), path);
  return check_all(real);
}

base::Result<std::string> read_small_file(const std::string& path, std::size_t most) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return base::fail_errno(errno, "cannot be opened", path);
  struct stat found {};
  std::string text;
  int problem = ::fstat(file, &found) != 0 ? errno : 0;
  const bool regular = problem == 0 && S_ISREG(found.st_mode);
  while (regular && problem == 0 && text.size() <= most) {
    char block[16384];
    const ssize_t got = ::read(file, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) problem = errno;
    if (got <= 0) break;
    text.append(block, static_cast<std::size_t>(got));
  }
  ::close(file);
  if (problem != 0) return base::fail_errno(problem, "cannot be read", path);
  if (!regular) return fail(Code::io, "not a regular file", path);
  if (text.size() > most) return fail(Code::limit, fmt::format("larger than {} bytes", most), path);
  return text;
}

}  // namespace freshet::host
