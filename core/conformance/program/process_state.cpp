#include "core/conformance/program/process_state.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <filesystem>
#include <system_error>

namespace freshet::conformance {
namespace {

// The C library sets it with every handler: one that was changed for a moment and set back, as libcurl does with that
// of SIGPIPE, bears it where it did not before. Only the kernel's own headers name it.
constexpr int restorer = 0x04000000;

}  // namespace

ProcessState::ProcessState() : umask_(::umask(077)) {
  ::umask(umask_);
  sigset_t mask;
  ::sigemptyset(&mask);
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) != 0) continue;  // the C library's own
    handlers_[static_cast<std::size_t>(signal)] = {action.sa_handler, action.sa_flags & ~restorer};
    blocked_[static_cast<std::size_t>(signal)] = ::sigismember(&mask, signal) == 1;
  }
  std::error_code problem;
  directory_ = std::filesystem::current_path(problem).string();
  locale_ = std::setlocale(LC_ALL, nullptr);
  for (char** each = environ; *each != nullptr; ++each) environment_.emplace_back(*each);
}

std::string ProcessState::signals(const ProcessState& before) const {
  for (std::size_t signal = 1; signal < handlers_.size(); ++signal) {
    if (handlers_[signal] != before.handlers_[signal])
      return fmt::format("the handler of signal {}", signal);
    if (blocked_[signal] != before.blocked_[signal])
      return fmt::format("the mask of signal {}", signal);
  }
  return {};
}

std::string ProcessState::difference(const ProcessState& before) const {
  if (std::string found = signals(before); !found.empty()) return found;
  if (directory_ != before.directory_) return "the working directory";
  if (umask_ != before.umask_) return "the umask";
  if (locale_ != before.locale_) return "the locale";
  if (environment_ != before.environment_) return "the environment";
  return {};
}

}  // namespace freshet::conformance
