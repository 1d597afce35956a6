#include "core/base/file_size_signal.hpp"

#include <cerrno>
#include <ctime>

namespace freshet::base {
namespace {

sigset_t only_file_size() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGXFSZ);
  return set;
}

bool is_pending() {
  sigset_t pending;
  return sigpending(&pending) == 0 && sigismember(&pending, SIGXFSZ) == 1;
}

}  // namespace

BlockFileSizeSignal::BlockFileSizeSignal() noexcept {
  const sigset_t set = only_file_size();
  sigset_t before;
  if (pthread_sigmask(SIG_BLOCK, &set, &before) != 0) return;
  blocked_ = sigismember(&before, SIGXFSZ) == 0;
}

BlockFileSizeSignal::~BlockFileSizeSignal() {
  if (!blocked_) return;
  const int kept = errno;
  const sigset_t set = only_file_size();
  if (is_pending()) {
    const timespec at_once{};
    while (sigtimedwait(&set, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  errno = kept;
}

}  // namespace freshet::base
