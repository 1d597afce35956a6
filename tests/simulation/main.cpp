// freshet_simulate: whole runs on a simulated machine, one for each seed.
//
//   freshet_simulate SEED COUNT     seeds from SEED on; prints the end of the story of one that fails
//   freshet_simulate --story SEED   the whole story of one
//
// Each seed has a process of its own, so that what crashed tasks leave behind is nobody's.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/simulation/simulation.hpp"

namespace freshet::simulation {
namespace {

constexpr unsigned longest_seed = 120;  // seconds of the real clock
constexpr std::uint64_t replayed = 16;  // one of so many is run twice, and has to be the same

std::string make_folder() {
  const char* const base = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  std::string name = std::string(base) + "/freshet-simulate-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) std::exit(2);
  return name;
}

// Never returns.
[[noreturn]] void live(std::uint64_t seed, const std::string& folder, bool loud, int result) {
  ::alarm(longest_seed);  // a task that blocks on more than its turn ends here
  auto* const simulation = new Simulation(seed, folder + "/r", loud);
  simulation->run();
  const std::uint64_t trace = simulation->trace();
  const bool told = ::write(result, &trace, sizeof trace) == sizeof trace;
  std::fflush(stdout);
  ::_exit(told ? 0 : 2);
}

// True where all was well; `trace` is what came of it.
bool run_seed(std::uint64_t seed, bool loud, std::uint64_t& trace) {
  const std::string folder = make_folder();
  int ends[2];
  if (::pipe(ends) != 0) std::exit(2);
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) live(seed, folder, loud, ends[1]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ends[1]);
  const bool told = ::read(ends[0], &trace, sizeof trace) == sizeof trace;
  ::close(ends[0]);
  std::filesystem::remove_all(folder);
  if (WIFSIGNALED(status))
    std::printf("seed %llu: ended by signal %d (%s)\n", static_cast<unsigned long long>(seed),
                WTERMSIG(status), strsignal(WTERMSIG(status)));
  return told && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool run_and_replay(std::uint64_t seed) {
  std::uint64_t first = 0, second = 0;
  if (!run_seed(seed, false, first)) return false;
  if (seed % replayed != 0) return true;
  if (!run_seed(seed, false, second)) return false;
  if (first == second) return true;
  std::printf("seed %llu: is not the same the second time\n",
              static_cast<unsigned long long>(seed));
  return false;
}

// Every `of`-th seed, in a process of its own for the sake of speed.
[[noreturn]] void run_share(std::uint64_t seed, std::uint64_t count, unsigned share, unsigned of) {
  bool good = true;
  for (std::uint64_t i = share; i < count && good; i += of) good = run_and_replay(seed + i);
  std::fflush(stdout);
  ::_exit(good ? 0 : 1);
}

int run_many(std::uint64_t seed, std::uint64_t count) {
  const auto begun = std::chrono::steady_clock::now();
  const unsigned workers = std::max(1u, std::thread::hardware_concurrency());
  for (unsigned share = 0; share < workers; ++share)
    if (::fork() == 0) run_share(seed, count, share, workers);
  bool good = true;
  for (int status = 0; ::wait(&status) > 0;) good &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf("%llu seeds from %llu in %.1f s: %s\n", static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(seed), took.count(), good ? "good" : "FAILED");
  return good ? 0 : 1;
}

}  // namespace
}  // namespace freshet::simulation

int main(int argc, char** argv) {
  using namespace freshet::simulation;
  if (argc == 3 && std::strcmp(argv[1], "--story") == 0) {
    std::uint64_t trace = 0;
    return run_seed(std::strtoull(argv[2], nullptr, 10), true, trace) ? 0 : 1;
  }
  if (argc == 3)
    return run_many(std::strtoull(argv[1], nullptr, 10), std::strtoull(argv[2], nullptr, 10));
  std::fputs("usage: freshet_simulate SEED COUNT | --story SEED\n", stderr);
  return 2;
}
