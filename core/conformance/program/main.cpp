// freshet-check-plugin - runs one conformance case of a plugin, and says its verdict.
//
// libfreshet starts it; see core/host/check.hpp. The plugin may do to this process what it will.
// The verdict goes out once, as the last thing, by the process that was started and by no copy of
// it.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "core/conformance/program/request.hpp"
#include "core/conformance/run.hpp"

namespace {

namespace host = freshet::host;
using host::Finding;
using host::Verdict;

constexpr int exit_wrong_use = 2;

// The channel that was there before any code of the plugin ran.
class Channel {
 public:
  Channel() { is_open_ = look(file_); }
  bool is_open() const { return is_open_; }

  // Ends the process.
  [[noreturn]] void say(const std::string& text) const {
    if (::getpid() != process_) ::_exit(0);  // a copy that the plugin has made says nothing
    struct stat now {};
    if (!look(now) || now.st_ino != file_.st_ino || now.st_dev != file_.st_dev)
      ::_exit(host::exit_channel_lost);
    const ssize_t written = ::write(host::verdict_descriptor, text.data(), text.size());
    ::_exit(written == static_cast<ssize_t>(text.size()) ? 0 : host::exit_channel_lost);
  }

 private:
  static bool look(struct stat& file) {
    return ::fstat(host::verdict_descriptor, &file) == 0 && S_ISFIFO(file.st_mode);
  }
  const pid_t process_ = ::getpid();
  struct stat file_ {};
  bool is_open_ = false;
};

std::string read_all(int from) {
  std::string text;
  char block[65536];
  for (;;) {
    const ssize_t got = ::read(from, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(block, static_cast<std::size_t>(got));
  }
}

// A crash is a crash, whatever a sanitizer makes of it; it leaves no core file; and nobody is left
// here when the one who asked has gone.
void prepare_process() {
  for (const int fatal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) std::signal(fatal, SIG_DFL);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::fcntl(host::verdict_descriptor, F_SETFD, FD_CLOEXEC);
  if (const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC); nothing >= 0) {
    ::dup2(nothing, STDIN_FILENO);  // the request, and the nonce in it, is not to be read again
    ::close(nothing);
  }
}

Finding run(const host::CheckRequest& request) {
  try {
    Finding finding = freshet::conformance::run_request(request);
    std::fflush(nullptr);
    return finding;
  } catch (const std::exception& problem) {
    return {Verdict::fail, fmt::format("an exception came out of it: {}", problem.what())};
  } catch (...) {
    return {Verdict::fail, "an exception of an unknown type came out of it"};
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::strcmp(arguments[1], "--cases") == 0) {
    std::puts(host::write_cases(freshet::conformance::all_cases()).c_str());
    return 0;
  }
  const Channel channel;
  const freshet::base::Result<host::CheckRequest> request =
      count == 1 && channel.is_open()
          ? host::read_request(read_all(STDIN_FILENO))
          : freshet::base::fail(freshet::base::Code::misuse, "no request");
  if (!request) {
    std::fputs("freshet-check-plugin: is started by \"freshet plugins check\"\n", stderr);
    return exit_wrong_use;
  }
  prepare_process();
  channel.say(host::write_finding(request->nonce, run(*request)));
}
