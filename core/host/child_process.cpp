#include "core/host/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>
#include <utility>

#include "core/base/descriptor.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t most_kept = 64 * 1024;  // of what each descriptor brings
constexpr int above_standard = 10;            // descriptors of ours are above those of the child
constexpr int cancel_ms = 100;                // between two looks at whether it is cancelled
constexpr int tick_ms = 10;  // between two looks where the system has no pidfd_open()

base::Error problem(const char* what, int number) {
  const bool files = number == EMFILE || number == ENFILE;
  return {files ? Code::limit : Code::io,
          fmt::format("{}: {}", what, std::generic_category().message(number)),
          {},
          -1,
          0,
          nullptr};
}

// A copy that none of the child's numbers is the number of, closed on exec.
base::Result<base::Descriptor> above(base::Descriptor given) {
  base::Descriptor moved(::fcntl(given.get(), F_DUPFD_CLOEXEC, above_standard));
  if (!moved.is_open()) return fail(problem("no descriptor", errno));
  return moved;
}

// Input that is there as a whole: nobody has to write while the child may not read.
base::Result<base::Descriptor> make_input(std::string_view input) {
  base::Descriptor memory(::memfd_create("freshet-input", MFD_CLOEXEC));
  if (!memory.is_open()) return fail(problem("no memory file", errno));
  for (std::size_t done = 0; done < input.size();) {
    const ssize_t put = ::write(memory.get(), input.data() + done, input.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return fail(problem("cannot write the input", errno));
    done += static_cast<std::size_t>(put);
  }
  ::lseek(memory.get(), 0, SEEK_SET);
  return above(std::move(memory));
}

// One pipe from the child.
struct Stream {
  base::Descriptor ours, theirs;
  std::string* kept = nullptr;

  static base::Result<Stream> open(std::string& into) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(problem("no pipe", errno));
    base::Descriptor read_end(ends[0]);
    Stream made;
    FRESHET_ASSIGN(made.theirs, above(base::Descriptor(ends[1])));
    ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
    made.ours = std::move(read_end);
    made.kept = &into;
    return made;
  }

  // Takes what is there, as much as a pipe holds and no more: a writer may never stop. At the end
  // of all writers, closes it.
  void drain() {
    char block[4096];
    for (int blocks = 0; blocks < 32; ++blocks) {
      const ssize_t got = ::read(ours.get(), block, sizeof block);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (got <= 0) {
        ours = base::Descriptor();
        return;
      }
      kept->append(block, std::min(static_cast<std::size_t>(got), most_kept - kept->size()));
    }
  }
};
using Streams = std::array<Stream, 3>;  // for 1, 2 and 3 of the child

// The attributes and actions of posix_spawn, which need to be freed.
class Plan {
 public:
  Plan() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&actions_);
  }
  ~Plan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  void describe(const base::Descriptor& input, const Streams& streams) {
    sigset_t all, none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    ::posix_spawn_file_actions_adddup2(&actions_, input.get(), 0);
    for (int i = 0; i < 3; ++i)
      ::posix_spawn_file_actions_adddup2(&actions_,
                                         streams[static_cast<std::size_t>(i)].theirs.get(), i + 1);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, 4);
  }
  int spawn(pid_t& child, const std::string& program, const std::vector<std::string>& arguments) {
    std::vector<char*> raw = {const_cast<char*>(program.c_str())};
    for (const std::string& each : arguments) raw.push_back(const_cast<char*>(each.c_str()));
    raw.push_back(nullptr);
    return ::posix_spawn(&child, program.c_str(), &actions_, &attributes_, raw.data(), environ);
  }

 private:
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

// The child as long as its process is not reaped: so long its number, and its group's, are its own.
class Child {
 public:
  explicit Child(pid_t number)
      : number_(number), watch_(static_cast<int>(::syscall(SYS_pidfd_open, number, 0))) {}

  // Until it has ended; false when the time was over before, or it was cancelled.
  bool wait(Streams& streams, SteadyClock::time_point end, const base::Cancel& cancel) const {
    while (look_at_it() == State::runs) {
      if (cancel.requested()) return false;
      const auto left = std::chrono::ceil<base::Millis>(end - SteadyClock::now()).count();
      if (left <= 0) return false;
      look(streams,
           static_cast<int>(std::min<long long>(left, watch_.is_open() ? cancel_ms : tick_ms)));
    }
    return true;
  }

  // Ends what is left of its group, and gives how it ended itself.
  std::optional<int> finish() const {
    if (look_at_it() == State::gone) return std::nullopt;  // its number may be another's by now
    ::kill(-number_, SIGKILL);
    int status = 0;
    pid_t reaped = 0;
    do reaped = ::waitpid(number_, &status, 0);
    while (reaped < 0 && errno == EINTR);
    return reaped == number_ ? std::optional(status) : std::nullopt;
  }

 private:
  enum class State { runs, ended, gone };  // gone: the program around us has reaped it

  State look_at_it() const {
    siginfo_t info{};
    const int got = ::waitid(P_PID, static_cast<id_t>(number_), &info, WEXITED | WNOHANG | WNOWAIT);
    if (got != 0) return State::gone;
    return info.si_pid == number_ ? State::ended : State::runs;
  }
  void look(Streams& streams, int most_ms) const {
    std::array<pollfd, 4> all{};
    for (std::size_t i = 0; i < streams.size(); ++i) all[i] = {streams[i].ours.get(), POLLIN, 0};
    all[3] = {watch_.get(), POLLIN, 0};  // -1 is passed over
    if (::poll(all.data(), all.size(), most_ms) <= 0) return;
    for (std::size_t i = 0; i < streams.size(); ++i)
      if (all[i].revents != 0) streams[i].drain();
  }

  pid_t number_;
  base::Descriptor watch_;
};

base::Result<Streams> open_streams(Ending& ending) {
  FRESHET_ASSIGN(Stream output, Stream::open(ending.output));
  FRESHET_ASSIGN(Stream errors, Stream::open(ending.errors));
  FRESHET_ASSIGN(Stream channel, Stream::open(ending.channel));
  return Streams{std::move(output), std::move(errors), std::move(channel)};
}

}  // namespace

base::Result<Ending> run_program(const std::string& program,
                                 const std::vector<std::string>& arguments, std::string_view input,
                                 base::Millis limit, const base::Cancel& cancel) {
  Ending ending;
  FRESHET_ASSIGN(const base::Descriptor given, make_input(input));
  FRESHET_ASSIGN(Streams streams, open_streams(ending));
  Plan plan;
  plan.describe(given, streams);
  const auto end = SteadyClock::now() + limit;
  pid_t number = 0;
  if (const int failed = plan.spawn(number, program, arguments); failed != 0) {
    base::Error error = problem("cannot be started", failed);
    error.subject = program;
    return fail(std::move(error));
  }
  for (Stream& each : streams) each.theirs = base::Descriptor();
  const Child child(number);
  ending.in_time = child.wait(streams, end, cancel);
  for (Stream& each : streams) {
    if (each.ours.is_open()) each.drain();
    ending.left_processes = ending.left_processes || each.ours.is_open();
  }
  ending.status = child.finish();
  if (!ending.in_time && cancel.requested())
    return base::fail(base::Code::cancelled, "was cancelled", program);
  return ending;
}

}  // namespace freshet::host
