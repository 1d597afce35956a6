#include "cli/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace freshet::cli {
namespace {

volatile std::sig_atomic_t first_signal = 0;
volatile std::sig_atomic_t hung_up = 0;
int signalled = -1;  // readable from the first signal on; -1: there was no descriptor for it

void raise_flag(int descriptor) {
  constexpr std::uint64_t one = 1;
  (void)!::write(descriptor, &one, sizeof one);
}

extern "C" void on_signal(int number) {
  if (first_signal != 0) ::_exit(128 + number);
  first_signal = number;
  raise_flag(signalled);
}

extern "C" void on_hangup(int) { hung_up = 1; }

}  // namespace

void catch_hangup() {
  struct sigaction action {};
  action.sa_handler = on_hangup;
  ::sigaction(SIGHUP, &action, nullptr);
}

bool take_hangup() {
  const bool came = hung_up != 0;
  hung_up = 0;
  return came;
}

void catch_signals() {
  signalled = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int number : {SIGINT, SIGTERM}) ::sigaction(number, &action, nullptr);
}

bool interrupted() { return first_signal != 0; }

int interrupted_by() { return first_signal; }

int interrupt_descriptor() { return signalled; }

// Where no descriptor or no thread can be had, the second signal still ends the program.
Interruptible::Interruptible() {
  limits_.cancel.emplace();
  done_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (done_ < 0 || signalled < 0) return;
  try {
    watch_ = std::thread([this] { watch(); });
  } catch (const std::system_error&) {
  }
}

Interruptible::~Interruptible() {
  if (watch_.joinable()) {
    raise_flag(done_);
    watch_.join();
  }
  if (done_ >= 0) ::close(done_);
}

void Interruptible::watch() {
  std::array<pollfd, 2> either = {{{signalled, POLLIN, 0}, {done_, POLLIN, 0}}};
  while (::poll(either.data(), either.size(), -1) < 0 && errno == EINTR) {
  }
  if (either[0].revents == 0) return;
  try {
    limits_.cancel->request();
  } catch (const Error&) {  // without memory: the second signal is left
  }
}

}  // namespace freshet::cli
