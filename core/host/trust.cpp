#include "core/host/trust.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/base/system_error.hpp"
#include "core/base/trust.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

}  // namespace

base::Status trusted(const std::string& path) {
  return base::resolve_trusted(path, {Code::plugin}).map([](auto&&) {});
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
