// One conformance case in a child process, with a time limit.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include "core/base/text.hpp"
#include "core/host/conformance.hpp"
#include "core/host/scratch.hpp"

namespace freshet::host {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t most_detail = 4000;

// The child's whole answer: a letter for the verdict, then the detail.
[[noreturn]] void be_child(const Target& target, ports::Http* http, int out) {
  ::setpgid(0, 0);  // what the plugin starts is ended with it
  for (const int fatal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTERM})
    std::signal(fatal, SIG_DFL);
  const CaseResult result = run_case(target, http);
  std::string answer(1, static_cast<char>('0' + static_cast<int>(result.verdict)));
  answer += result.detail.substr(0, base::advance_code_points(result.detail, 0, most_detail));
  const ssize_t written = ::write(out, answer.data(), answer.size());
  ::_exit(written == static_cast<ssize_t>(answer.size()) ? 0 : 1);
}

// Reads until the other end is closed; false when the time was over before.
bool read_until(int in, SteadyClock::time_point end, std::string& answer) {
  for (;;) {
    const auto left = std::chrono::duration_cast<base::Millis>(end - SteadyClock::now()).count();
    if (left <= 0) return false;
    pollfd wait{in, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::min<long long>(left, 1'000'000)));
    if (ready < 0 && errno != EINTR) return true;
    if (ready <= 0) continue;
    char block[1024];
    const ssize_t got = ::read(in, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    answer.append(block, static_cast<std::size_t>(got));
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

void judge(CaseResult& result, const std::string& answer, int status) {
  if (!answer.empty() && answer[0] >= '0' && answer[0] <= '4') {
    result.verdict = static_cast<Verdict>(answer[0] - '0');
    result.detail = answer.substr(1);
    // What was said in full is believed, unless the process died of what came after it.
    if (WIFEXITED(status)) return;
  }
  result.verdict = Verdict::crash;
  result.detail =
      WIFSIGNALED(status)
          ? fmt::format("killed by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)))
          : fmt::format("ended the process with status {}", WEXITSTATUS(status));
}

}  // namespace

CaseResult run_case_apart(const Target& target, base::Millis limit, ports::Http* http) {
  const Scratch scratch;  // made here, so that it goes even when the child dies
  Target in_child = target;
  in_child.scratch = scratch.path();
  CaseResult result;
  result.subject =
      target.kind ? fmt::format("{} {}", kind_name(*target.kind), target.offer) : std::string();
  result.name = target.name;
  const auto start = SteadyClock::now();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    result.detail = fmt::format("no pipe: {}", std::strerror(errno));
    return result;
  }
  const pid_t child = ::fork();
  if (child == 0) be_child(in_child, http, ends[1]);
  ::close(ends[1]);
  std::string answer;
  const bool ended = child > 0 && read_until(ends[0], start + limit, answer);
  ::close(ends[0]);
  if (child < 0) {
    result.detail = fmt::format("no process: {}", std::strerror(errno));
    return result;
  }
  if (!ended) {
    ::kill(-child, SIGKILL);
    ::kill(child, SIGKILL);
  }
  const int status = wait_for(child);
  judge(result, answer, status);
  if (!ended) {
    result.verdict = Verdict::timeout;
    result.detail = fmt::format("did not end within {} ms", limit.count());
  }
  result.took = std::chrono::duration_cast<base::Millis>(SteadyClock::now() - start);
  return result;
}

}  // namespace freshet::host
