#include "cli/standard_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace freshet::cli {
namespace {

int first_problem = 0;

void note(bool good) {
  if (!good && first_problem == 0) first_problem = errno != 0 ? errno : EIO;
}

}  // namespace

void hold_standard_descriptors() {
  // Each the wrong way round, so that using it fails as it does when it is closed.
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(file, F_GETFD) < 0)
      static_cast<void>(::open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

void put(std::string_view text) {
  if (first_problem != 0 || text.empty()) return;
  errno = 0;
  note(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

bool flush_output() {
  if (first_problem == 0) {
    errno = 0;
    note(std::fflush(stdout) == 0 && std::ferror(stdout) == 0);
  }
  if (first_problem == 0) return true;
  if (first_problem != EPIPE)
    std::fprintf(stderr, "freshet: standard output: cannot be written: %s\n",
                 std::generic_category().message(first_problem).c_str());
  return false;
}

}  // namespace freshet::cli
