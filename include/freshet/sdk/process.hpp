// freshet/sdk/process.hpp - a program that a plugin runs: its input, its output, and limits on both.
//
// The program gets a process group of its own, no descriptors but the standard three, default signals, and
// the environment that is given and no other. Nothing is left behind: the group is killed when the Process goes.
// A Process is used by one thread at a time.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include <freshet/sdk/call.hpp>
#include <freshet/sdk/errno.hpp>

namespace freshet::sdk {

// What is run. Zeros mean no limit.
struct Command {
  std::vector<std::string> arguments{};    // the program first; without a slash it is looked for in PATH
  std::vector<std::string> environment{};  // NAME=value; all there is
  std::string directory{};                 // to run it in; empty: the application's
  std::uint64_t max_file_bytes = 0;        // of each file that it writes
  std::uint64_t max_memory_bytes = 0;      // of its address space
  std::uint64_t max_output_bytes = std::uint64_t{64} << 20;  // kept at once, and not yet taken
  std::int64_t timeout_ms = 0;  // spent waiting for it, from one renew() to the next
};

// NAME=value of the application's own environment, for the names that it has.
inline std::vector<std::string> environment_of(std::span<const char* const> names) {
  std::vector<std::string> environment;
  for (const char* name : names)
    if (const char* value = std::getenv(name))
      environment.push_back(std::string(name) + "=" + value);
  return environment;
}

// Closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int get() const { return number_; }
  bool open() const { return number_ >= 0; }
  void close() {
    if (open()) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

namespace detail {

class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_init(&actions);
    sigset_t all, none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
};

inline std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

}  // namespace detail

class Process {
 public:
  // Throws where it cannot be started.
  explicit Process(Command command) : command_(std::move(command)) { start(); }
  ~Process() { end(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // To be written as the program takes it.
  void write(std::string_view bytes) { input_.append(bytes); }
  // No more is written after what is still to be written.
  void close_input() {
    input_ends_ = true;
    if (input_.empty()) in_.close();
  }

  // Waits until something moved, at most a tenth of a second. False: all output has ended. Throws
  // when the call is cancelled, the time is over, or more comes than is taken.
  bool pump(const Call& call) {
    if (!out_.open() && !err_.open()) return false;
    call.check();
    std::array<pollfd, 3> polled{pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0},
                                 pollfd{input_.empty() ? -1 : in_.get(), POLLOUT, 0}};
    const std::int64_t before = call.now_ms();
    (void)::poll(polled.data(), polled.size(), 100);
    waited_ms_ += std::max<std::int64_t>(call.now_ms() - before, 0);
    if (polled[0].revents != 0) take(out_, output, command_.max_output_bytes, true);
    if (polled[1].revents != 0) take(err_, errors, 16 * 1024, false);
    if (polled[2].revents != 0) give();
    if (command_.timeout_ms > 0 && waited_ms_ > command_.timeout_ms)
      throw Failure(FRESHET_E_TIMEOUT,
                    "did not end within " + std::to_string(command_.timeout_ms / 1000) + "s",
                    command_.arguments.front());
    return true;
  }

  // The time that it has begins anew.
  void renew() { waited_ms_ = 0; }

  // Waits for the end of all output, and of the program. Its exit status, or 128 and the signal that ended it.
  int wait(const Call& call) {
    while (pump(call)) {
    }
    for (siginfo_t ended{}; pid_ > 0 && ended.si_pid == 0;) {
      call.check();
      if (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0) break;
      if (ended.si_pid != 0) break;
      (void)::poll(nullptr, 0, 1);  // its output has ended: so will it
      if (command_.timeout_ms > 0 && ++waited_ms_ > command_.timeout_ms) break;
    }
    end();
    return status_;
  }

  std::string output;  // what came and was not taken yet
  std::string errors;  // the first 16 KiB of what it wrote to its standard error

 private:
  static Descriptor copy_above(int number) {
    const Descriptor given(number);
    return Descriptor(::fcntl(number, F_DUPFD_CLOEXEC, 10));
  }
  static std::pair<Descriptor, Descriptor> open_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw failure_of_errno(errno, "no pipe", "");
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return {copy_above(ends[0]), copy_above(ends[1])};
  }

  void start() {
    auto [out, theirs_out] = open_pipe();
    auto [err, theirs_err] = open_pipe();
    int ends[2];  // a socket, since a pipe whose reader is gone would send a signal
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      throw failure_of_errno(errno, "no socket", "");
    Descriptor in = copy_above(ends[0]), theirs_in = copy_above(ends[1]);
    ::fcntl(in.get(), F_SETFL, O_NONBLOCK);
    detail::SpawnPlan plan;
    ::posix_spawn_file_actions_adddup2(&plan.actions, theirs_in.get(), 0);
    ::posix_spawn_file_actions_adddup2(&plan.actions, theirs_out.get(), 1);
    ::posix_spawn_file_actions_adddup2(&plan.actions, theirs_err.get(), 2);
    ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, 3);
    if (!command_.directory.empty())
      ::posix_spawn_file_actions_addchdir_np(&plan.actions, command_.directory.c_str());
    auto arguments = detail::pointers(command_.arguments);
    auto environment = detail::pointers(command_.environment);
    const int failed = ::posix_spawnp(&pid_, arguments[0], &plan.actions, &plan.attributes,
                                      arguments.data(), environment.data());
    if (failed != 0)
      throw failure_of_errno(failed, "cannot be run", command_.arguments.front());
    limit(RLIMIT_FSIZE, command_.max_file_bytes);
    limit(RLIMIT_AS, command_.max_memory_bytes);
    in_ = std::move(in);
    out_ = std::move(out);
    err_ = std::move(err);
  }

  void limit(__rlimit_resource what, std::uint64_t most) const {
    if (most == 0) return;
    const rlimit bound{most, most};
    (void)::prlimit(pid_, what, &bound, nullptr);
  }

  void take(Descriptor& from, std::string& into, std::uint64_t most, bool strict) const {
    char block[64 * 1024];
    const ssize_t got = ::read(from.get(), block, sizeof block);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) return from.close();
    const auto size = static_cast<std::size_t>(got);
    if (strict && into.size() + size > most)
      throw Failure(FRESHET_E_LIMIT,
                    "wrote more than " + std::to_string(most) + " bytes at once",
                    command_.arguments.front());
    into.append(block, std::min<std::size_t>(size, most - std::min<std::size_t>(most, into.size())));
  }

  void give() {
    const ssize_t put =
        ::send(in_.get(), input_.data() + given_, input_.size() - given_, MSG_NOSIGNAL);
    if (put < 0 && (errno == EINTR || errno == EAGAIN)) return;
    given_ += put < 0 ? input_.size() : static_cast<std::size_t>(put);
    if (given_ >= input_.size()) {
      input_.clear();
      given_ = 0;
    }
    if (put < 0 || (input_.empty() && input_ends_)) in_.close();
  }

  // Before it is reaped, its number is nobody else's: what it left in its group goes with it.
  void end() noexcept {
    if (pid_ <= 0) return;
    (void)::kill(-pid_, SIGKILL);
    int status = 0;
    pid_t got = -1;
    do got = ::waitpid(pid_, &status, 0);
    while (got < 0 && errno == EINTR);
    if (got == pid_) status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    pid_ = -1;
  }

  const Command command_;
  pid_t pid_ = -1;
  Descriptor in_, out_, err_;
  std::string input_;
  std::size_t given_ = 0;  // of the input
  bool input_ends_ = false;
  std::int64_t waited_ms_ = 0;
  int status_ = 127;
};

}  // namespace freshet::sdk
