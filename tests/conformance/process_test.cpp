// What a plugin may do to the process that it is in, and what comes of it: a verdict about the
// plugin, and nothing else.
#include <poll.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "core/host/check.hpp"
#include "core/host/check_wire.hpp"
#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace base = freshet::base;
namespace host = freshet::host;
using freshet::testing::fixture;
using freshet::testing::Folder;
using host::Kind;
using host::Verdict;

namespace {

host::CaseResult list(const std::string& offer, base::Millis most = base::Millis(20'000)) {
  return host::run_case(
             {fixture("faulty") + "/faulty.plugin.json", Kind::loader, offer, "lists", "", ""},
             most)
      .value();
}

struct Harm {
  const char* offer;
  Verdict verdict;
  const char* says;  // part of the detail
};
constexpr Harm harms[] = {
    {"closes_descriptors", Verdict::fail, "closed or replaced a file descriptor"},
    {"replaces_descriptors", Verdict::fail, "closed or replaced a file descriptor"},
    {"forges_verdict", Verdict::fail, "wrote to a file descriptor that is not its own"},
    {"adds_verdict", Verdict::fail, "wrote to a file descriptor that is not its own"},
    {"prints", Verdict::fail, "wrote to the standard output: hello from the plugin"},
    {"ignores_signal", Verdict::fail, "the handler of signal 11"},
    {"blocks_signal", Verdict::fail, "the mask of signal 2"},
    {"moves", Verdict::fail, "the working directory"},
    {"opens_umask", Verdict::fail, "the umask"},
    {"sets_locale", Verdict::fail, "the locale"},
    {"sets_variable", Verdict::fail, "the environment"},
    {"leaves_process", Verdict::fail, "left a process running"},
    {"ends_thread", Verdict::crash, "killed by signal 6"},
    {"kills_itself", Verdict::crash, "killed by signal 9"},
    {"recurses", Verdict::crash, "killed by signal 11"},
    {"exits_orderly", Verdict::crash, "ended the process with status"},
    {"longjmps", Verdict::crash, "killed by signal"},
};

std::string text_of_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Whether a process has ended, or ends now.
bool ends(pid_t process) {
  const int watch = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  if (watch < 0) return errno == ESRCH;
  pollfd wait{watch, POLLIN, 0};
  const int ready = ::poll(&wait, 1, 20'000);
  ::close(watch);
  return ready == 1;
}

std::atomic<int> forks = 0;

}  // namespace

TEST_CASE("what harms its process is told by name", "[X04]") {
  for (const Harm& harm : harms) {
    const auto result = list(harm.offer);
    INFO(harm.offer << ": " << result.detail);
    CHECK(host::verdict_name(result.verdict) == host::verdict_name(harm.verdict));
#if defined(__SANITIZE_THREAD__)
    if (std::string_view(harm.offer) == "longjmps") continue;  // the sanitizer is first to say so
#endif
    CHECK(result.detail.find(harm.says) != std::string::npos);
  }
}

TEST_CASE("what does not end is ended, however it holds out", "[X04]") {
  for (const char* offer : {"stops", "holds_out", "floods"}) {
    INFO(offer);
    CHECK(list(offer, base::Millis(300)).verdict == Verdict::timeout);
  }
}

TEST_CASE("every entry into a plugin is guarded, and named when it throws", "[X04]") {
  const auto opened = list("raw_open_throws");
  CHECK(opened.detail.find("open threw an exception: no way in") != std::string::npos);
  const auto listed = list("throws_a_number");
  CHECK(listed.detail.find("list threw an exception of an unknown type") != std::string::npos);
  const auto closed = list("raw_close_throws");
  CHECK(closed.verdict == Verdict::fail);
  CHECK(closed.detail == "close threw an exception");

  const std::string get_throws = fixture("get_throws") + "/get_throws.plugin.json";
  for (const host::Target& target :
       {host::Target{get_throws, {}, "", "unknown_names", "", ""},
        host::Target{get_throws, Kind::loader, "good", "opens", "", ""}}) {
    const auto result = host::run_case(target, base::Millis(20'000)).value();
    INFO(result.detail);
    CHECK(result.verdict == Verdict::fail);
    CHECK(result.detail.find("get threw an exception of an unknown type") != std::string::npos);
  }
  const auto constructed =
      host::check_plugin(fixture("constructor_throws") + "/constructor_throws.plugin.json");
  REQUIRE(constructed);
  CHECK_FALSE(constructed->good());
}

TEST_CASE("a copy of the checker that a plugin makes says no verdict of its own", "[X04]") {
  const auto result = list("forks_on");
  INFO(result.detail);
  CHECK(result.verdict == Verdict::pass);
}

TEST_CASE("a process that a plugin has started ends with its case", "[X04]") {
  const Folder folder;
  const std::string file = folder.file("pid");
  ::setenv("FRESHET_FIXTURE_PID", file.c_str(), 1);
  list("leaves_process");
  ::unsetenv("FRESHET_FIXTURE_PID");
  // It may have been killed before it could tell its number.
  if (const std::string number = text_of_file(file); !number.empty())
    CHECK(ends(std::stoi(number)));
}

TEST_CASE("the process that asks is not forked, and has no children afterwards", "[X04]") {
  ::pthread_atfork([] { ++forks; }, nullptr, nullptr);
  list("good");
  list("crashes");
  list("stops", base::Millis(100));
  CHECK(forks == 0);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("a verdict is believed when it is whole, alone, and has the nonce") {
  const std::string said = host::write_finding("n1", {Verdict::skip, "not here"});
  REQUIRE(host::read_finding("n1", said));
  CHECK(host::read_finding("n1", said)->verdict == Verdict::skip);
  CHECK(host::read_finding("n1", said)->detail == "not here");
  CHECK_FALSE(host::read_finding("n2", said));
  CHECK_FALSE(host::read_finding("n1", "0" + said));
  CHECK_FALSE(host::read_finding("n1", said + said));
  CHECK_FALSE(host::read_finding("n1", said.substr(0, said.size() / 2)));
  CHECK_FALSE(host::read_finding("n1", ""));
}
