#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>

#include "core/base/file_size_signal.hpp"
#include "tests/support/catch.hpp"

namespace freshet::base {
namespace {

bool is_blocked() {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return sigismember(&mask, SIGXFSZ) == 1;
}

// In a child that may write no byte to a file, and whom SIGXFSZ ends. Returns how it ended.
template <typename Body>
int in_limited_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_DFL);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_FSIZE, &none);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int write_one_byte(std::FILE* file) { return ::write(::fileno(file), "x", 1) == 1 ? 0 : errno; }

}  // namespace

TEST_CASE("a write beyond the limit on file sizes is EFBIG, and leaves no signal behind") {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  CHECK(in_limited_child([&] { return write_one_byte(file); }) == -SIGXFSZ);
  CHECK(in_limited_child([&] {
          int problem = 0;
          {
            const BlockFileSizeSignal outer;
            {
              const BlockFileSizeSignal inner;  // as in a callback
              problem = write_one_byte(file);
            }
            if (!is_blocked()) return 1;
          }
          return is_blocked() ? 2 : problem;
        }) == EFBIG);
  std::fclose(file);
}

TEST_CASE("who has blocked the signal already finds it blocked") {
  sigset_t set, before;
  sigemptyset(&set);
  sigaddset(&set, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  std::optional<BlockFileSizeSignal> block(std::in_place);
  block.reset();
  CHECK(is_blocked());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace freshet::base
