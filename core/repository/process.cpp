#include "core/repository/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

namespace freshet::repository {
namespace {

std::string read_small(const std::string& path, bool& exists) {
  std::string text(4096, '\0');
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  exists = file >= 0 || errno != ENOENT;
  if (file < 0) return {};
  const ssize_t size = ::read(file, text.data(), text.size());
  if (size < 0 && errno == ESRCH) exists = false;
  ::close(file);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

struct Stat {
  bool known = false, exists = true, zombie = false;
  std::uint64_t started = 0;
};

// Field 22 of /proc/PID/stat. The name in field 2 may hold anything, so count from its last
// bracket.
Stat stat_of(std::int64_t pid) {
  Stat stat;
  const std::string text = read_small(fmt::format("/proc/{}/stat", pid), stat.exists);
  std::size_t at = text.rfind(')');
  if (at == std::string::npos || at + 2 >= text.size()) return stat;
  at += 2;
  stat.zombie = text[at] == 'Z' || text[at] == 'X';
  for (int field = 3; field < 22 && at != std::string::npos; ++field) {
    at = text.find(' ', at);
    if (at != std::string::npos) ++at;
  }
  if (at == std::string::npos) return stat;
  stat.started = std::strtoull(text.c_str() + at, nullptr, 10);
  stat.known = true;
  return stat;
}

}  // namespace

Process this_process() {
  Process self;
  bool exists = false;
  const std::string boot = read_small("/proc/sys/kernel/random/boot_id", exists);
  if (!boot.empty()) self.boot = base::digest_of(boot);
  struct stat status {};
  if (::stat("/proc/self/ns/pid", &status) == 0) self.pid_namespace = status.st_ino;
  self.pid = getpid();
  self.started = stat_of(self.pid).started;
  return self;
}

bool is_dead(const Process& process, const Process& self) {
  if (process.boot.empty() || self.boot.empty()) return false;
  if (process.boot != self.boot) return true;
  if (process.pid_namespace != self.pid_namespace || self.pid_namespace == 0) return false;
  const Stat stat = stat_of(process.pid);
  if (!stat.exists) return access("/proc/self/stat", R_OK) == 0;  // else nothing can be seen at all
  return stat.known && (stat.zombie || stat.started != process.started);
}

}  // namespace freshet::repository
